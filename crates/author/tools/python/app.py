# What componentize-py starts: the skill's module, behind the component's export.
import gc

import hotcell._serve
import SKILL


class Tools(hotcell._serve.Tools):
    pass


# What loading left over is no part of the component, and what it made is not looked through again in each call.
gc.collect()
gc.freeze()
