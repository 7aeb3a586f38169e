"""업종: the sections and two-digit divisions of the Korean standard industrial classification.

Source:
    한국표준산업분류 제10차 개정, 통계청 고시 제2017-13호 (in force from 2017-07-01): 21 sections, 77
    divisions. Longer codes are kept as the text that the seller types. The English titles are ours.
"""

from typing import Final, NamedTuple


class Section(NamedTuple):
    """A section (대분류) with its divisions (중분류) by their two digits."""

    ko: str
    en: str
    divisions: dict[str, tuple[str, str]]


SECTIONS: Final[dict[str, Section]] = {
    "A": Section("농업, 임업 및 어업", "Agriculture, forestry and fishing", {
        "01": ("농업", "Agriculture"), "02": ("임업", "Forestry"), "03": ("어업", "Fishing"),
    }),
    "B": Section("광업", "Mining", {
        "05": ("석탄, 원유 및 천연가스 광업", "Coal, crude oil and natural gas"),
        "06": ("금속 광업", "Metal ores"), "07": ("비금속광물 광업; 연료용 제외", "Non-metallic minerals"),
        "08": ("광업 지원 서비스업", "Mining support"),
    }),
    "C": Section("제조업", "Manufacturing", {
        "10": ("식료품 제조업", "Food products"), "11": ("음료 제조업", "Beverages"), "12": ("담배 제조업", "Tobacco"),
        "13": ("섬유제품 제조업; 의복 제외", "Textiles"), "14": ("의복, 의복 액세서리 및 모피제품 제조업", "Apparel and fur"),
        "15": ("가죽, 가방 및 신발 제조업", "Leather, bags and shoes"), "16": ("목재 및 나무제품 제조업; 가구 제외", "Wood products"),
        "17": ("펄프, 종이 및 종이제품 제조업", "Pulp and paper"), "18": ("인쇄 및 기록매체 복제업", "Printing and recorded media"),
        "19": ("코크스, 연탄 및 석유정제품 제조업", "Coke and refined petroleum"),
        "20": ("화학 물질 및 화학제품 제조업; 의약품 제외", "Chemicals"), "21": ("의료용 물질 및 의약품 제조업", "Pharmaceuticals"),
        "22": ("고무 및 플라스틱제품 제조업", "Rubber and plastics"), "23": ("비금속 광물제품 제조업", "Non-metallic mineral products"),
        "24": ("1차 금속 제조업", "Basic metals"), "25": ("금속 가공제품 제조업; 기계 및 가구 제외", "Fabricated metal products"),
        "26": ("전자 부품, 컴퓨터, 영상, 음향 및 통신장비 제조업", "Electronics, computers, video, audio and communication"),
        "27": ("의료, 정밀, 광학 기기 및 시계 제조업", "Medical, precision and optical instruments, watches"),
        "28": ("전기장비 제조업", "Electrical equipment"), "29": ("기타 기계 및 장비 제조업", "Other machinery and equipment"),
        "30": ("자동차 및 트레일러 제조업", "Motor vehicles and trailers"), "31": ("기타 운송장비 제조업", "Other transport equipment"),
        "32": ("가구 제조업", "Furniture"), "33": ("기타 제품 제조업", "Other products"),
        "34": ("산업용 기계 및 장비 수리업", "Repair of industrial machinery"),
    }),
    "D": Section("전기, 가스, 증기 및 공기 조절 공급업", "Electricity, gas, steam and air conditioning", {
        "35": ("전기, 가스, 증기 및 공기 조절 공급업", "Electricity, gas, steam and air conditioning"),
    }),
    "E": Section("수도, 하수 및 폐기물 처리, 원료 재생업", "Water, sewage, waste and recycling", {
        "36": ("수도업", "Water supply"), "37": ("하수, 폐수 및 분뇨 처리업", "Sewage"),
        "38": ("폐기물 수집, 운반, 처리 및 원료 재생업", "Waste and recycling"), "39": ("환경 정화 및 복원업", "Remediation"),
    }),
    "F": Section("건설업", "Construction", {
        "41": ("종합 건설업", "General construction"), "42": ("전문직별 공사업", "Specialised construction"),
    }),
    "G": Section("도매 및 소매업", "Wholesale and retail trade", {
        "45": ("자동차 및 부품 판매업", "Motor vehicles and parts"), "46": ("도매 및 상품 중개업", "Wholesale and brokerage"),
        "47": ("소매업; 자동차 제외", "Retail trade"),
    }),
    "H": Section("운수 및 창고업", "Transport and storage", {
        "49": ("육상 운송 및 파이프라인 운송업", "Land transport and pipelines"), "50": ("수상 운송업", "Water transport"),
        "51": ("항공 운송업", "Air transport"), "52": ("창고 및 운송관련 서비스업", "Storage and transport services"),
    }),
    "I": Section("숙박 및 음식점업", "Accommodation and food service", {
        "55": ("숙박업", "Accommodation"), "56": ("음식점 및 주점업", "Food and beverage service"),
    }),
    "J": Section("정보통신업", "Information and communication", {
        "58": ("출판업", "Publishing"), "59": ("영상ㆍ오디오 기록물 제작 및 배급업", "Film and audio production"),
        "60": ("방송업", "Broadcasting"), "61": ("우편 및 통신업", "Post and telecommunications"),
        "62": ("컴퓨터 프로그래밍, 시스템 통합 및 관리업", "Programming and system integration"), "63": ("정보서비스업", "Information services"),
    }),
    "K": Section("금융 및 보험업", "Finance and insurance", {
        "64": ("금융업", "Finance"), "65": ("보험 및 연금업", "Insurance and pensions"),
        "66": ("금융 및 보험 관련 서비스업", "Services to finance and insurance"),
    }),
    "L": Section("부동산업", "Real estate", {"68": ("부동산업", "Real estate")}),
    "M": Section("전문, 과학 및 기술 서비스업", "Professional, scientific and technical services", {
        "70": ("연구개발업", "Research and development"), "71": ("전문 서비스업", "Professional services"),
        "72": ("건축기술, 엔지니어링 및 기타 과학기술 서비스업", "Engineering and other technical services"),
        "73": ("기타 전문, 과학 및 기술 서비스업", "Other professional services"),
    }),
    "N": Section("사업시설 관리, 사업 지원 및 임대 서비스업", "Facility management, business support and rental", {
        "74": ("사업시설 관리 및 조경 서비스업", "Facility management"), "75": ("사업 지원 서비스업", "Business support"),
        "76": ("임대업; 부동산 제외", "Rental"),
    }),
    "O": Section("공공행정, 국방 및 사회보장 행정", "Public administration and defence", {
        "84": ("공공행정, 국방 및 사회보장 행정", "Public administration and defence"),
    }),
    "P": Section("교육 서비스업", "Education", {"85": ("교육 서비스업", "Education")}),
    "Q": Section("보건업 및 사회복지 서비스업", "Health and social work", {
        "86": ("보건업", "Health"), "87": ("사회복지 서비스업", "Social work"),
    }),
    "R": Section("예술, 스포츠 및 여가관련 서비스업", "Arts, sports and recreation", {
        "90": ("창작, 예술 및 여가관련 서비스업", "Arts and recreation"), "91": ("스포츠 및 오락관련 서비스업", "Sports and amusement"),
    }),
    "S": Section("협회 및 단체, 수리 및 기타 개인 서비스업", "Associations, repair and personal services", {
        "94": ("협회 및 단체", "Associations"), "95": ("개인 및 소비용품 수리업", "Repair of goods"), "96": ("기타 개인 서비스업", "Other personal services"),
    }),
    "T": Section("가구 내 고용활동 및 달리 분류되지 않은 자가 소비 생산활동", "Activities of households", {
        "97": ("가구 내 고용활동", "Households as employers"),
        "98": ("달리 분류되지 않은 자가 소비를 위한 가구의 재화 및 서비스 생산활동", "Production of households for own use"),
    }),
    "U": Section("국제 및 외국기관", "International and foreign bodies", {"99": ("국제 및 외국기관", "International and foreign bodies")}),
}  # fmt: skip


def section_of(division: str) -> str | None:
    """Return the section's letter of a two-digit division, or None."""
    return next(
        (letter for letter, section in SECTIONS.items() if division in section.divisions), None
    )
