/** The system room and a person's own account. */
export default {
  system: {
    pages: '系统的各页', reading: '正在读取…', acts: '操作', edit: '修改', save: '保存', saving: '正在保存…', cancel: '取消', yes: '确定', no: '取消',
    notAllowed: '这一页只有管理员能看', notAllowedHint: '其他页照常可用;确有需要请联系本单位管理员。',
    noPage: '没有这一页', noPageHint: '请从目录中选择。', more: '继续读取更早的', all: '全部', find: '查询', refresh: '重新读取', list: '列出', onMap: '在地图上',
    tab: {
      users: '用户', 'sign-ins': '登录记录', layers: '图层健康', packs: '县域数据包', thresholds: '阈值', audit: '审计查询', state: '备份与运行',
      account: '我的密码', help: '版本与帮助',
    },
    users: {
      about: '谁能做什么:角色决定能做的事,范围决定在哪里。改动权限会让此人立即重新登录。', add: '新建用户', change: '修改用户 {name}', find: '按姓名、用户名、角色筛选',
      count: '{n} 人,共 {total} 人', who: '用户', role: '角色', scope: '范围', state: '状态', lastSeen: '最近登录', everywhere: '全部地区',
      disabled: '已停用', locked: '已锁定至 {time}', mustChange: '待改初始密码', ok: '正常', never: '从未登录',
      devices: '没有在登录的设备 | {n} 台设备在登录 | {n} 台设备在登录', none: '没有与“{text}”相符的用户', reset: '新密码', unlock: '解锁', enable: '启用', disable: '停用',
      sureReset: '原密码作废,各处登录立即结束?', sureDisable: '停用后立即退出登录?', username: '用户名', usernameRule: '小写字母或数字开头,可用 . _ -,最多 63 个字符;建好后不能改。',
      name: '姓名或岗位', nameRule: '写岗位更好,如“值班长”“蒲城镇”;最多 60 字。', nameNeeded: '请填写姓名或岗位。', scopeRule: '行政区划代码:县 6 位、乡镇 9 位、村 12 位;只有管理员可以空着(全部地区)。',
      scopeMissing: '请填写代码;只有管理员可以空着。', scopeNeeded: '乡镇、村级用户要填 9 位或 12 位代码。', bureau: '部门', noBureau: '不属于部门', bureauRule: '部门用户只能改本部门的图层。', bureauNeeded: '部门角色要选一个部门。',
      changeHint: '改角色、范围或部门后,此人要重新登录。',
      roleMay: {
        viewer: '只能看。', village: '看全县,改本村的数据。', township: '看全县,改本乡镇的数据。', bureau: '看全县,改并核实本部门的图层。', duty: '值守:看全县和联系电话,录入各类数据。',
        commander: '指挥:看全县和联系电话。', director: '导调演练:只能改演练数据。', admin: '管理员:用户、阈值和全部数据。',
      },
    },
    once: {
      title: '{name} 的新密码', copy: '复制密码', copied: '已复制', about: '只显示这一次,请当面或电话告知本人。首次登录时必须改掉。', byHand: '浏览器不允许自动复制,请选中密码手动复制。',
      shownBefore: '这个密码已经显示过,不会再显示。没有记下就再生成一个。', close: '已告知,收起',
    },
    signIns: {
      failures: '近 24 小时密码输错 {n} 次',
      about: '成功、失败、锁定和退出,最近的在前。', at: '时间', who: '用户', what: '结果', from: '来自', none: '没有符合条件的登录记录', user: '用户名', since: '从哪天起',
      wrongOnly: '只看失败和锁定', account: '账号', unknownUser: '没有这个用户',
    },
    audit: {
      about: '谁在什么时候改了什么、看了哪些受限信息。点对象打开它在地图上的位置和历史。', who: '谁', what: '做了什么', layer: '图层', object: '对象', since: '从哪天起',
      at: '时间', from: '来自', none: '没有符合条件的记录', noneHint: '放宽条件再查。', fields: '字段:{fields}', object1: '{layer} {id}', version: '第 {n} 版', count: '已读取 {n} 条',
      list: '整个清单', more: '详细',
    },
    action: {
      insert: '新建', update: '修改', delete: '删除', restore: '恢复旧版', sign_in: '登录', sign_in_failed: '登录失败', lock: '锁定账号', sign_out: '退出登录',
      token_reuse: '令牌被重复使用,已全部退出', password: '改密码', user: '用户管理', look: '查看受限信息', export: '导出', threshold: '修改阈值', bulk: '批量修改', refresh: '续期登录',
      command: '命令行操作', county: '载入县域', search: '搜索受限信息', view: '视图',
    },
    thresholds: {
      valid: '有效期',
      about: '系统据以判断的数。每一个都有依据和起止日期,旧值留存备查。', what: '阈值', value: '现值', basis: '依据', from: '自', by: '由 {by}', edit: '修改', previous: '以前的值',
      upcoming: '将要生效', until: '{from} 至 {to}', since: '自 {from} 起', newValue: '新值', between: '可填 {least} 至 {most}', atLeast: '不小于 {least}', atMost: '不大于 {most}',
      basisRule: '写明标准条款或决定的文号、日期,至少 4 个字。', fromRule: '生效的第一天;原值到前一天为止。', validFrom: '生效日期', preview: '改后的话', now: '现在', then: '改后',
      notNumber: '请填写数字。', outside: '超出可填范围。', needBasis: '请写明依据。', nothingNew: '与现值相同,没有改动。', kept: '已保存:{sentence}', none: '还没有阈值', past: '生效日期不能早于今天。',
    },
    health: {
      uncountedWhy: '涉及受限信息,只有管理员能统计。', unlisted: '涉及受限信息,不能列成清单。', items: '{n} 项',
      about: '每个图层有多少、多旧、缺什么。点数字看清单。', layer: '图层', rows: '总数', exercise: '其中演练', changed: '最近改动', pending: '待核', incomplete: '缺必填项', doubtful: '存疑', none: '还没有图层',
      never: '没有改动过', fine: '齐全', uncounted: '不可统计', detail: '缺项与疑点', lacks: '缺“{field}”', only: '只看有问题的', bureau: '核实部门', empty: '没有数据', count: '{n} 个图层,共 {rows} 行',
    },
    packs: {
      invented: '现为演练数据',
      about: '每个县载入了什么、来自哪里、还缺什么。', loaded: '载入于 {time}', sources: '来源', lacks: '还缺', complete: '不缺', has: '已有', none: '还没有县域数据包', noneHint: '请管理员载入:./anlan county add 文件夹',
      dem: '高程', exercise: '演练场', real: '真实数据', licence: '许可', rows: '{n} 行', townships: '{n} 个乡镇',
    },
    state: {
      folder: '备份存放在 var/{folder};存到别处的这里看不到。', connections: '{n} 个连接', rowCount: '行数', table: '表',
      about: '服务、数据库、备份和磁盘的现状。', service: '服务', version: '版本', uptime: '已运行', workers: '工作进程', database: '数据库', size: '大小', backups: '备份', noBackup: '还没有备份',
      noBackupHint: '请管理员设置每日备份:deploy/backup.sh', backupOf: '最近一份 {age}', disk: '磁盘', free: '剩余 {free},共 {total}', file: '文件', made: '时间', full: '磁盘将满', largest: '最大的表', old: '最近一份已超过 {hours} 小时', rows: '约 {n} 行',
    },
    account: {
      about: '改密码后,别处的登录立即结束,这里不受影响。', current: '现在的密码', next: '新密码', again: '再输一次新密码', rule: '至少 10 个字符,不含用户名;长句子比难记的短词好。', save: '改密码',
      done: '密码已改。别处的登录已经结束。', different: '两次输入的新密码不同。', needed: '请填写。', show: '显示密码', mustChange: '您还在用初始密码,请改成自己的。',
    },
    help: {
      about: '版本、快捷键、接口和术语。', version: '版本', server: '服务 {version} · 数据库 PostgreSQL {database} · PostGIS {postgis}', layers: '{n} 个图层', doors: '接口', doc: '接口说明', ogc: '给 QGIS、GDAL 等软件的入口',
      problems: '错误代码的含义', glossary: '术语', keys: '快捷键', word: '词', meaning: '意思', install: '安装到桌面', installHint: '装成独立窗口,开机即用;数据始终来自服务器。', installed: '已作为独立程序运行。',
      cannotInstall: '此浏览器没有提供安装,或已装过。Edge、Chrome 地址栏右侧有“安装”图标;要求 https 或本机地址。',
    },
    clock: {
      title: '这台电脑的时间不对', fast: '这台电脑的时钟快了 {by}。按服务器,现在是 {time}。', slow: '这台电脑的时钟慢了 {by}。按服务器,现在是 {time}。',
      hint: '请校正电脑时间。', minutes: '{n} 分钟', hours: '{n} 小时', days: '{n} 天', close: '知道了',
    },
    update: { ready: '新版本已经就绪。', now: '换用新版本', later: '稍后', hint: '换用时页面会重新打开,未保存的草稿留着。' },
  },
  keysIn: { everywhere: '各室通用', tab: '下一项、上一项' },
  bureau: {
    emergency: '应急管理局', natural_resources: '自然资源局', water: '水利局', forestry: '林业局', transport: '交通运输局', housing: '住房和城乡建设局', education: '教育科技局',
    health: '卫生健康局', culture: '文化和旅游局', civil_affairs: '民政局', energy: '能源局', weather: '气象局',
  },
  township: {
    rows: '{n} 行',
    facts: '详情', light: '在地图上打开或关闭', layer: '图层',
    choose: '乡镇', choosing: '选一个乡镇', none: '还没有乡镇', noneHint: '县域数据包载入后,这里列出各乡镇。', unknown: '没有这个乡镇:{code}', unknownHint: '请从上面选择;代码可能已经变更。',
    show: '在地图上看', all: '共 {n}', people: '{n} 人', danger: '危险点', help: '力量与场所', people2: '要照看的人', work: '待办的数据', changes: '最近的改动', noChanges: '近 {days} 天没有改动', reading: '正在统计…', failed: '没有统计出来',
    pending: '待核', incomplete: '缺必填项', noWork: '没有待核或缺项', openList: '列出', mine: '我的乡镇', exercise: '含演练 {n}', by: '{by} · {age}', zero: '没有', desk: '值班电话', seat: '政府驻地', callDesk: '拨打值班电话 {phone}',
    insert: '新建', update: '修改', delete: '删除', residents: '常住 {n} 人', highlighted: '地图上只亮本乡镇', allDangers: '全部危险点', grade: '未分级',
  },
}
