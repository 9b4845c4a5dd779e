export default {
  tools: {
    title: '地图工具', open: '打开工具', close: '收起工具', key: '{name}(按 {key})', leave: '退出工具', clear: '清除', undo: '退一点', finish: '完成',
    again: '重画', copy: '复制', copied: '已复制', copyFailed: '浏览器不让复制',
    length: '量距离', area: '量面积', profile: '沿线剖面', box: '框选', circle: '圆选', polygon: '多边形选', township: '选乡镇', base: '底图与网格',
    hintTouch: {
      line: '在地图上逐点点击,点“完成”结束。', ring: '逐点点击围出范围,至少三点,点“完成”结束。', pair: '按住拖动,或点两下;圆也可点圆心后填半径。',
      spot: '点地图上的乡镇,或在下面选。', pin: '点地图上的位置。',
    },
    hint: {
      line: '在地图上逐点点击;双击或按 Enter 完成,Backspace 退一点,Esc 退出。',
      ring: '逐点点击围出范围,至少三点;双击或按 Enter 完成,Esc 退出。',
      pair: '按住拖动,或点两下;Esc 退出。', spot: '点地图上的乡镇,或在下面选。', pin: '点地图上的位置;Esc 取消。',
    },
  },
  measure: {
    total: '总长', legs: '各段', leg: '第 {n} 段', area: '面积', perimeter: '周长', metres: '{n} 米', kilometres: '{n} 公里',
    squareMetres: '{n} 平方米', squareKilometres: '{n} 平方公里', mu: '{n} 亩', none: '还没有点',
    basis: '按 CGCS2000 椭球面计算,不是图上距离。',
  },
  profile: {
    title: '沿线剖面', up: '累计上升', down: '累计下降', min: '最低', max: '最高', length: '长度', unknown: '这条线不在高程模型内',
    reading: '正在读取高程…', failed: '剖面没有读到', retry: '重试', source: '高程来源:{source}', at: '距起点 {distance},高程 {elevation}',
    chart: '剖面图。左右键沿线移动。', noDem: '本县没有高程模型,不能画剖面。',
  },
  inside: {
    title: '范围内有什么', reading: '正在统计…', failed: '没有统计出来', retry: '重试', nothing: '范围内没有对象', area: '范围 {area}', radius: '半径(米)',
    township: '乡镇', choose: '选择乡镇', all: '全部 {n} 个', count: '{n} 个', exercise: '其中演练 {n}', byTownship: '按乡镇', list: '清单', back: '返回合计',
    capped: '清单只列前 {n} 个,合计按全部 {total} 个。', exportAs: '导出', open: '列出“{layer}”的 {n} 个', openTownship: '列出“{layer}”在{township}的 {n} 个',
    objects: '{n} 个对象', sums: '合计', unplaced: '未注明乡镇', noneListed: '前 {n} 个里没有这个乡镇的;请把范围画小些。', overlap: '各项来自不同图层,会重叠,不能相加。',
  },
  base: {
    title: '底图', auto: '随外观', light: '浅色', dark: '深色', terrain: '地形(山影、等高线)', none: '无底图', vector: '天地图矢量', imagery: '天地图影像',
    grid: '公里网格({name})', contours: '等高线', foreignFails: '天地图没有应答,仍显示本系统底图。请检查上网条件和密钥。', own: '用本系统底图', tianditu: '天地图', tiandituBy: '© 国家地理信息公共服务平台 www.tianditu.gov.cn', contoursNone: '本县没有高程模型,不显示山影和等高线。',
  },
  pointer: {
    system: '坐标系', degrees: 'CGCS2000 度', dms: 'CGCS2000 度分秒', gk: '高斯-克吕格 3° 带', utm: '横轴墨卡托(米)', gcj02: 'GCJ-02(±5 米)',
    copy: '复制指针处坐标(按 C)', empty: '把指针移到地图上', copied: '已复制 {text}', gcjNote: 'GCJ-02 按公开公式换算,与地图服务约差 5 米以内。',
    elevation: '{n} 米', slope: '坡度 {n}°', elevationOf: '高程来源:{source}', short: { degrees: '度', dms: '度分秒', gk: 'GK', gcj02: 'GCJ-02' },
  },
  order: {
    title: '已打开', note: '上面的画在上面;面在线下,线在点下。', handle: '{layer}:拖动改变次序,或按上下键', opacity: '{layer} 的不透明度', opacityValue: '{n}%',
    off: '关闭 {layer}', reset: '恢复次序', moved: '{layer} 移到第 {n}', fold: '次序与不透明度',
  },
  groups: {
    title: '图层组', choose: '打开一组…', none: '还没有保存的组', name: '组名', save: '保存当前', shared: '大家可用', remove: '删除', removeSure: '确认删除“{name}”?再按一次',
    saved: '已保存“{name}”', removed: '已删除“{name}”', failed: '没有成功:{why}', opened: '已打开“{name}”', by: '{name}({owner})', unreachable: '连接不上服务器',
    unknownLayers: '组里有 {n} 个图层现在没有',
  },
  toolKeys: { tools: '量距离、面积、剖面', select: '框、圆、多边形、乡镇内有什么', base: '底图与网格', copy: '复制指针处坐标', edit: '完成;退一点' },
}
