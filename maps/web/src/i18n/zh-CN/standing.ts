export default {
  standing: {
    title: '自动监测', begin: '自动监测…', beginNow: '开始监测', name: '监测名称', help: '数据(队伍状态、道路、封闭区)变化后自动重算;变差时在所有屏幕上报警,由值班或指挥确认。',
    none: '还没有自动监测。打开一份“救援覆盖”结果,按“自动监测…”。', alarm: '报警', calm: '正常', failed: '未算出', waiting: '等待首次计算', running: '正在重算',
    checked: '数据 {age}', found: '现有 {n} 处,其中已知悉 {known} 处', since: '自 {time}', worse: '变差 {n} 处', better: '已恢复 {n} 处', people: '人口 {n}',
    accept: '已知悉', accepted: '{name} 于 {time} 知悉', view: '查看', end: '结束监测', endSure: '确定结束', keep: '不结束', newer: '数据已变化,有更新的结果。', openNewer: '看最新',
    age: '{age}开始', others: '另有 {n} 个报警', 
    chip: '报警 {n}', chipHint: '打开自动监测', more: '等 {n} 处', later: '暂时收起', record: '记录', unread: '监测状态没有读到,可能已过时。',
    overdue: '未更新', overdueHint: '监测没有按时重算,看到的可能已过时。请通知管理员查看服务。', asleep: '监测未更新 {n}',
    event: { begun: '开始监测', alarm: '变差', better: '恢复', accepted: '知悉', failed: '未算出', works: '恢复计算', ended: '结束监测' },
  },
}
