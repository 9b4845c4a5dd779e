/** Technical words of the console, explained to somebody who never met them. */
import type { Named } from '@/state/model'

export interface Word {
  readonly word: Named
  readonly meaning: Named
}

const word = (zh: string, en: string, meansZh: string, meansEn: string): Word => (
  { word: { zh, en }, meaning: { zh: meansZh, en: meansEn } }
)

export const GLOSSARY: readonly Word[] = [
  word('CGCS2000', 'CGCS2000', '2000 国家大地坐标系,本系统存坐标用的系统(EPSG:4490)。', 'China’s national coordinate system, in which positions are stored (EPSG:4490).'),
  word('高斯—克吕格', 'Gauss–Krüger', '国家地形图的投影,按 3 度分带,坐标以米计。', 'The projection of national topographic maps, in zones of 3 degrees, in metres.'),
  word('GCJ-02', 'GCJ-02', '国内手机地图的加偏坐标,与真实位置差几百米,导入时自动换算。', 'The shifted coordinates of Chinese phone maps, some hundred metres off; converted at import.'),
  word('CQL2', 'CQL2', '筛选条件的标准写法,如 verify = \'pending\';数据室显示它,也可直接改。', 'The standard way to write a filter, such as verify = \'pending\'; the data room shows it and takes it.'),
  word('待核', 'To verify', '已录入,还没有由负责部门核实。', 'Entered, and not yet verified by the bureau in charge.'),
  word('存疑', 'Doubtful', '一行数据自相矛盾,如常住人口少于户数;不一定错,需要有人看一眼。', 'A row that contradicts itself, such as fewer residents than households; perhaps right, but somebody must look.'),
  word('范围', 'Scope', '用户负责地区的代码开头,如 141033 是全县、141033100 是一个镇。', 'The beginning of the codes a user looks after: 141033 is a county, 141033100 one of its towns.'),
  word('版本', 'Version', '每次保存成为一版,旧版都在,可以恢复。', 'Each time something is saved it becomes a version; old ones stay and can be restored.'),
  word('历史时刻', 'Moment of the past', '把整个画面退回过去某一时刻看。', 'The whole screen as it was then.'),
  word('演练数据', 'Exercise data', '为演练虚构的数据,处处有标记,不得当真。', 'Invented for exercises and marked everywhere; never to be taken for real.'),
  word('高程模型', 'Elevation model', '每格一个海拔,用来算坡度、剖面和山影。', 'A height for each cell; slope, profiles and relief come from it.'),
  word('瓦片', 'Tile', '地图分块传送,只传看得见的部分。', 'A piece of the map; only those in sight are sent.'),
  word('集结出动用时', 'Turnout time', '从接到命令到车辆驶出的分钟数,到达时间含它。', 'Minutes from the order until the vehicles leave; times of arrival include it.'),
  word('缺口', 'Gap', '限定时间内没有队伍能到的村(社区)。', 'A village no team reaches within the time set.'),
  word('自动监测', 'Standing analysis', '一份结果在数据变化后自动重算,变差即报警,直到有人知悉。', 'An answer that runs again when its data change; what becomes worse is an alarm until somebody takes note.'),
  word('路线核验', 'Certificate', '把算出的路线与每个封闭区逐一比对,证明不穿过其内部。', 'The line is compared with every closed area, and proved to keep out of its inside.'),
  word('单点路段', 'Single point of failure', '断了就有村庄失去通路的路段或桥涵。', 'A road piece or bridge without which some village loses its way out.'),
  word('高出河沟', 'Height above nearest drainage', '一处比水流所归的河沟高出多少米,用来估计洪水淹没。', 'Metres above the stream its water runs to; used to estimate flooding.'),
]
