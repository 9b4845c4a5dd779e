/** Finding and looking: search, people, near, history, moments, comparing, saved views, links. */
export default {
  search: {
    open: '搜索', openKeys: '搜索(Ctrl+K 或 /)', title: '搜索', placeholder: '名称、编号、拼音、人员、电话、坐标', clear: '清除',
    close: '关闭搜索', recent: '最近搜索', forget: '清空', hintTitle: '可以这样找',
    hint: '“蒲县第一中学”、拼音 puxian、首字母 px、编号、责任人姓名、电话、“111.09,36.41”或度分秒',
    reading: '正在搜索…', none: '没有找到“{text}”', noneHint: '少写几个字,或换拼音首字母、编号试试;坐标写成“经度,纬度”。',
    failed: '搜索没有成功', retry: '重试', places: '坐标位置', total: '共 {n} 条', more: '列出更多({n})', found: '找到 {n} 条',
    results: '搜索结果', elsewhere: '本县没有,以下在其他县。', atLeast: '至少 {n} 条',
    now: '搜索按现在的数据,不按历史时刻。', keysMove: '选择', keysGo: '前往', keysClose: '关闭',
    exercise: '演练', away: '距画面中心',
    matched: { name: '名称', code: '编号', latin: '拼音', alias: '别名', person: '责任人', phone: '电话' },
  },
  duty: {
    call: '拨打', callWho: '拨打{label}{person}的电话 {phone}', none: '未填', noPhone: '无电话', unnamed: '(未填姓名)',
    noRight: '您的角色看不到电话。',
  },
  near: {
    title: '附近', radius: '范围', metres: '{n} 米', kilometres: '{n} 公里', reading: '正在查找附近…', none: '{radius}内没有其他对象',
    noneHint: '把范围选大一些。', failed: '附近没有读到', retry: '重试', nearest: '列出最近 {n} 个,共 {total} 个', at: '{way}方向',
    now: '附近按现在的数据,不按历史时刻。', count: '{radius}内共 {n} 个',
  },
  inspect: { facts: '情况', near: '附近', history: '历史', tabs: '对象的各个方面' },
  history: {
    reading: '正在读取历史…', failed: '历史没有读到', retry: '重试', insert: '新建', update: '修改', delete: '删除', restored: '已恢复为第 {n} 版',
    version: '第 {n} 版', newest: '现在', by: '{by} · {age}', moved: '位置移动 {distance}', reshaped: '形状有改动', empty: '未填',
    show: '在地图上画出改前', hide: '不再画出改前', same: '没有可见的改动(可能只改了受限信息)', created: '第一次录入', removed: '从这时起不在台账中',
    restore: '恢复这一版', restoreSure: '把第 {n} 版的内容恢复为最新一版?现有各版都保留。', yes: '恢复', no: '取消', restoring: '正在恢复…',
    conflict: '别人刚改过这个对象,历史已重新读取,请看过再定。', refused: '没有恢复', lookBack: '整屏看这一时刻', hiddenNote: '电话等受限信息的改动不在此列出。',
    before: '改前', after: '改后',
  },
  past: {
    open: '历史时刻', banner: '历史时刻 {time}', ago: '{age}', back: '回到现在', readOnly: '只能看,不能改', close: '关闭时间轴',
    slider: '时刻', bar: '时间轴', reading: '正在读取变更…', failed: '变更记录没有读到', retry: '重试', none: '这段时间没有变更',
    span: '看多久', day: '近一天', week: '近一周', month: '近一月', all: '全部', earlier: '上一处变更', later: '下一处变更',
    changes: '这一时刻前后的变更', insert: '新建', update: '修改', delete: '删除', count: '{n} 处变更', now: '现在', compare: '与现在对比',
    many: '{layer} 等 {n} 处', bucket: '{from} 至 {to}:{n} 处', esc: 'Esc 回到现在', list: '变更清单', rows: '{n} 个对象', countsFailed: '数量没有读到,仍是现在的',
  },
  compare: {
    open: '对比两个时刻', title: '对比', then: '当时 {time}', now: '现在', close: '退出对比', moment: '对比的时刻', list: '其间的变更',
    none: '这两个时刻之间没有变更', reading: '正在读取变更…', failed: '变更没有读到', layersOnly: '只列已打开的图层', empty: '这一时刻,画面里没有已打开图层的对象',
    first: '只列最近 {n} 处', leftLabel: '当时的地图', rightLabel: '现在的地图', count: '{n} 处变更',
  },
  views: {
    open: '视图与分享', title: '视图', save: '保存当前画面', name: '视图名称', nameHint: '如:汛期值守、城关镇隐患', shared: '大家可见', keep: '保存', mine: '我的',
    others: '大家的', none: '还没有保存的视图', noneHint: '把常看的图层、位置和选中对象存下来,一点就回来。', copy: '复制链接', copied: '已复制',
    copyHand: '浏览器不允许自动复制,请手动复制:', rename: '改名', remove: '删除', removed: '已删除“{name}”', undo: '撤销', reading: '正在读取视图…',
    failed: '视图没有读到', refused: '没有保存', retry: '重试', saved: '已保存“{name}”', by: '{owner} · {age}', done: '完成', cancel: '取消',
    needName: '请填写名称', share: '分享给大家', unshare: '不再分享', close: '关闭', menu: '“{name}”的操作',
  },
  link: {
    title: '这个链接有些内容打不开,其余照常显示', layers: '图层不存在或您无权查看:{names}', county: '没有这个县的数据:{code}',
    asOf: '时刻写得不对:{text},已按现在显示', compare: '对比时刻写得不对:{text}', close: '知道了', deleted: '这个对象已不在台账中,下面是它的历史。',
  },
}
