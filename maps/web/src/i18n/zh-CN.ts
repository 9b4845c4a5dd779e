export default {
  app: { name: '安澜', line: '县域应急一张图', skip: '跳到地图' },
  room: { map: '一张图', analysis: '分析', township: '乡镇', data: '数据', system: '系统' },
  signIn: {
    title: '登录', user: '用户名', password: '密码', submit: '登录', busy: '正在登录…', show: '显示密码', hide: '隐藏密码',
    needUser: '请填写用户名', needPassword: '请填写密码', wrong: '用户名或密码不对', locked: '登录已暂停', newTitle: '换一个新密码', newGo: '保存并进入',
    retryIn: '{time}后可以再试', unreachable: '连接不上服务器。请检查网络,或联系值守人员。',
    help: '首次使用的用户名和密码在服务器的 var/credentials.json 中;忘记密码请找本单位管理员。',
  },
  screen: { language: '语言', theme: '外观', light: '浅色', dark: '深色', system: '跟随系统', zh: '中文', en: 'English' },
  top: {
    county: '县', live: '在线', offline: '离线', exercise: '演练数据', dataRead: '数据 {age}', dataAt: '数据读取于 {time}',
    user: '用户 {name}', signOut: '退出登录', keys: '快捷键', print: '打印地图', rooms: '工作室',
  },
  role: {
    viewer: '查看', village: '村级', township: '乡镇', bureau: '部门', duty: '值守', commander: '指挥', director: '导调',
    admin: '管理员',
  },
  group: {
    hazards: '地质灾害与风险', flood: '防汛', industry: '工矿与危化', forest: '森林防火', resources: '力量与保障',
    people: '重点人群与场所', places: '行政区与人口', roads: '道路',
  },
  layers: {
    title: '图层', filter: '筛选图层', filterHint: '名称或字,按 F 聚焦', count: '{n} 个', inView: '视野内 {n}',
    total: '共 {n} 个', none: '没有名称含“{text}”的图层', groupAll: '全部打开“{group}”', groupNone: '全部关闭“{group}”',
    clear: '全部关闭', base: '底图', baseHint: '山影、水系、道路、境界、地名', legend: '图例', showLegend: '展开图例',
    empty: '还没有数据', failed: '图层清单没有读到', retry: '重试', on: '已开 {n} 个图层', exercise: '演练',
    tileFailed: '部分图块没有读到', loading: '正在读取图层', collapse: '收起左栏', expand: '展开左栏', expandAll: '全部图例',
    unknownClass: '未填', ringNote: '边框粗细和填充表示轻重:填满最重。', hatchNote: '斜线表示等级高。',
  },
  objects: {
    title: '视野内', drawn: '已显示 {n} 个对象', empty: '视野内没有打开图层的对象', emptyHint: '打开图层,或移动、缩小地图。',
    more: '只列前 {n} 个;放大地图可看到其余', cell: '{n} 个对象,放大后可见', table: '地图上的对象', layer: '图层',
    name: '名称', state: '类别',
  },
  map: {
    label: '地图', zoomIn: '放大', zoomOut: '缩小', fit: '全县', north: '北', loading: '正在读取地图…',
    pointer: '经纬度(CGCS2000)', metres: '{n} 米', kilometres: '{n} 公里', sources: '数据来源', watermark: '演练数据 非真实',
    offline: '与服务器断开。画面是{age}的数据,恢复后自动更新。', failed: '有图层没有读全:{layers}', retry: '重试',
    emptyTitle: '还没有打开图层', emptyHint: '在“图层”中打开需要看的内容。', noCounty: '还没有县域数据',
    noCountyHint: '请管理员载入县域数据包:./anlan county add 文件夹', zoomLevel: '级别 {n}', toMap: '地图',
  },
  popup: { open: '打开', close: '关闭', zoomTo: '定位', reading: '正在读取…' },
  inspector: {
    title: '对象', facts: '情况', duty: '责任人', place: '位置', origin: '来源与版本', empty: '未填', more: '另有 {n} 项未填',
    less: '收起未填项', logged: '查看电话等受限信息会被记录。', hidden: '电话等受限信息需有相应权限才显示。', version: '第 {n} 版',
    updated: '{time} 由 {by} 更新', id: '系统编号', coordinates: '经纬度', copy: '复制经纬度', copied: '已复制', close: '关闭对象',
    notFound: '没有这个对象,可能已被删除。', failed: '对象没有读到', retry: '重试', exercise: '演练数据:这个对象是虚构的',
    zoomTo: '在地图上定位', needed: '必填项未填', link: '复制链接',
  },
  keys: {
    title: '快捷键', arrows: '移动地图(先点一下地图)', zoom: '放大、缩小', fit: '看全县', filter: '筛选图层', escape: '退一步:关弹窗、关对象、回到现在',
    help: '显示本页', panel: '收起或展开左栏', close: '知道了',
  },
  sheet: { height: '改变面板高度', peek: '矮', half: '半屏', full: '高', handle: '面板高度:{now}。按一下换下一档' },
  print: {
    title: '{county} 一张图', printed: '打印于 {time}', data: '数据时间 {time}', crs: '坐标系 CGCS2000(EPSG:4490),按 Web 墨卡托绘制',
    internal: '内部资料', exercise: '【演练】', legend: '图例',
  },
  error: {
    unreachable: '连接不上服务器', unreachableHint: '请检查网络,或确认服务器已启动。', retry: '重试', unknown: '出了问题',
    unknownHint: '可以重试;仍不行请把下面的话告诉管理员。',
  },
  time: { seconds: '{n} 秒', minutes: '{n} 分钟' },
}
