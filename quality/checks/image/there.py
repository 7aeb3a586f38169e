"""Why a check of images could not run."""

from typing import Final

from quality.checks.checking import Unmeasured

NO_IMAGES: Final = Unmeasured("사진이 없습니다.", "There are no images.")
