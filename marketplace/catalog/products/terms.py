"""English names of the processes and machines that sellers usually write in Korean. Pure.

Both are free words, so a name that is not in the list is shown as it was typed.
"""

from typing import Final

ENGLISH_TERMS: Final[dict[str, str]] = {
    # processes
    "가공": "Machining", "건조": "Drying", "검사": "Inspection", "굽힘": "Bending", "노광": "Lithography",
    "다이캐스팅": "Die casting", "단조": "Forging", "도금": "Plating", "도장": "Painting",
    "레이저 가공": "Laser machining", "물류": "Logistics", "발효": "Fermentation", "사출": "Injection moulding",
    "사출성형": "Injection moulding", "살균": "Sterilisation", "성형": "Forming", "세척": "Cleaning",
    "소결": "Sintering", "소성": "Firing", "식각": "Etching", "압연": "Rolling", "압출": "Extrusion",
    "연마": "Grinding", "열처리": "Heat treatment", "염색": "Dyeing", "용접": "Welding", "용해": "Melting",
    "이송": "Conveying", "절단": "Cutting", "절삭": "Machining", "정련": "Refining", "제강": "Steelmaking",
    "조립": "Assembly", "주조": "Casting", "증착": "Deposition", "포장": "Packaging", "표면처리": "Surface treatment",
    "프레스": "Press", "프레스 성형": "Press forming", "혼합": "Mixing", "설비 공통": "Any equipment",
    # machines
    "건조기": "Dryer", "공기압축기": "Air compressor", "대형 산업용 기계": "Large industrial machine",
    "도금조": "Plating bath", "로봇": "Robot", "머시닝 센터": "Machining centre", "머시닝센터": "Machining centre",
    "모터": "Motor", "밀링 머신": "Milling machine", "밀링머신": "Milling machine", "벨트 컨베이어": "Belt conveyor",
    "벨트컨베이어": "Belt conveyor", "보일러": "Boiler", "사출기": "Injection moulding machine",
    "사출성형기": "Injection moulding machine", "선반": "Lathe", "선형 카메라 광학 검사기": "Line-scan optical inspection machine",
    "압축기": "Compressor", "연삭기": "Grinding machine", "열처리로": "Heat treatment furnace", "용접기": "Welding machine",
    "용해로": "Melting furnace", "전기로": "Electric furnace", "전력 계측기": "Power meter", "전력계측기": "Power meter",
    "컨베이어": "Conveyor", "크레인": "Crane", "터빈": "Turbine", "펌프": "Pump", "혼합기": "Mixer",
    "CNC 선반": "CNC lathe", "CNC 밀링": "CNC milling machine", "3D 프린터": "3D printer",
}  # fmt: skip


def term_in(word: str, *, english: bool) -> str:
    """Return a process or machine in the language of the page, or as it was typed."""
    return ENGLISH_TERMS.get(" ".join(word.split()), word) if english else word
