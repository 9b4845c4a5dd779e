"""The system room: people, sign-ins, thresholds, the health of layers, counties and the machine.

One file per idea. What everybody signed in may look at: thresholds, layers, counties. The rest is the administrator's.
"""

from fastapi import APIRouter

from api.errors import problem_responses
from api.routers.system.counties import router as counties
from api.routers.system.layers import router as layers
from api.routers.system.sign_ins import router as sign_ins
from api.routers.system.state import router as state
from api.routers.system.thresholds import router as thresholds
from api.routers.system.users import router as users

router = APIRouter(prefix="/api/system", tags=["system"], responses=problem_responses([401, 403]))
for _part in (users, thresholds, layers, counties, state, sign_ins):
    router.include_router(_part)
