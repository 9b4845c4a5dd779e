"""English names of divisions."""

import pytest

from layers.romanised import romanised


@pytest.mark.parametrize(("name", "latin", "english"), [
    ("蒲城镇", "puchengzhen hongdaoxiang hdx", "Pucheng Zhen"), ("红道乡", "hongdaoxiang", "Hongdao Xiang"), ("蒲县", "puxian", "Pu Xian"),
    ("桥东街道", "qiaodongjiedao", "Qiaodong Jiedao"), ("幸福社区", "xingfushequ", "Xingfu Shequ"), ("北市", "beishi", "Bei Shi"),
    ("五鹿山", "wulushan", "Wulushan"), ("Andorra la Vella", "andorralavella", "Andorra la Vella"), 
    ("Sant Julià", "santjuli", "Sant Julià"), ("镇", "zhen", "Zhen"), ("蒲城镇", "", "蒲城镇"),
])  # fmt: skip
def test_the_generic_part_is_a_word_of_its_own(name: str, latin: str, english: str) -> None:
    assert romanised(name, latin) == english
