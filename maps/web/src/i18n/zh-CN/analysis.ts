export default {
  analysis: {
    all: '全部分析', reading: '正在读取…', filed: '做过的和保存的', noneFiled: '还没有做过分析。', kept: '大家可见', rows: '{n} 行',
    group: { roads: '道路与到达', cover: '断路与覆盖', allocation: '转移与调度', areas: '范围与影响', terrain: '地形' },
    run: '计算', correct: '请改正标出的参数。', reset: '清空', cancel: '取消', cancelled: '已取消,没有结果。', progress: '进度', further: '更多参数({n})', validity: '适用范围:', source: '方法来源:',
    needed: '必填', unset: '不填', any: '不限', list: '以逗号分隔', placeHint: '地名或坐标', noPlace: '没有找到这个地名或坐标。', offered: '可能的地点', anotherRow: '再加一行', itemCode: '7 位物资编码', amount: '数量', pick: '图上选点', draw: '画范围', useChosen: '用选中的对象', useLayer: '用图层…',
    another: '再加{label}', remove: '去掉', removeJob: '删除 {name}', layer: '图层', chooseLayer: '选择图层', filter: '筛选', filterHint: '筛选条件(CQL2),可不填', add: '加入', drawn: '已画范围({n} 点)',
    between: '{least} 至 {most}', atLeast: '不小于 {least}', atMost: '不大于 {most}',
    certifiedFree: '已核验:没有需要避开的封闭区。', certified: '已核验:路线不穿过 {n} 个封闭区内部。', notCertified: '未通过核验:路线与封闭区相交(共 {n} 个)。', clearance: '最近相距 {m} 米。',
    this: '本次', other: '对比', change: '变化', openList: '看清单', showAll: '看全部', again: '改参数再算', keep: '保存…', unkeep: '不再公开', keepForAll: '保存,大家可见', name: '名称', compare: '对比', none: '不对比',
    share: '复制链接', copied: '链接已复制,同事可以打开。', copiedOwn: '链接已复制。保存为大家可见后,同事才能打开。', notCopied: '没有复制成,请从地址栏复制。', toBriefing: '加入简报', inBriefing: '已在简报中', print: '打印', removeThis: '删除', open: '打开', openObject: '打开{layer}“{name}”',
    part: { choose: '选择分析', filed: '已作', standing: '监测', briefing: '简报' }, briefing: '简报', briefingEmpty: '简报里还没有内容。打开一份分析结果,按“加入简报”。', briefingGet: '下载简报', briefingHint: '下载的网页带地图、数字和清单,断网也能打开。', raise: '上移 {name}',
    chart: '图表', noRows: '没有符合的对象。', firstRows: '只列前 {n} 行,共 {total} 行;导出含全部。', export: '导出', howMade: '怎样得出',
    madeAt: '时间', seconds: '用时 {n} 秒', county: '县', inputs: '参数', layers: '图层', layerRead: '{layer}:第 {version} 版,{rows} 条', roads: '路网', roadsRead: '第 {version} 版,图 {graph}',
    terrain: '高程', limits: '阈值', method: '方法', reliedOn: '适用', program: '程序',
  },
  here: {
    title: '这里有什么', close: '关闭', spot: '此处', place: '此处', reading: '正在查最近的队伍、地形和责任人…', failed: '没有查到:{why}', again: '重查',
    routeTo: '计算到这里的路线', analyse: '以此为起点分析…', nearest: '最近的和负责的', nearestOf: '最近的{layer}', minutes: '{n} 分钟', km: '{n} 公里',
    elevation: '高程', slope: '坡度', aspect: '坡向', aboveStream: '高出河沟', sectors: ['北', '东北', '东', '东南', '南', '西南', '西', '西北'],
  },
}
