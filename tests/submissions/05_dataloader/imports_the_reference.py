# %% [markdown]
# why: the reference is imported in place of every answer; while 05 is graded it is not there
# base: untouched
# earns: {}

# %% solution="dataset"
from tinytorch.core.dataloader import *

# %% solution="tensor-dataset"
from tinytorch.core.dataloader import *

# %% solution="data-loader"
from tinytorch import DataLoader

# %% solution="loader-iter"
from tinytorch.core.dataloader import *

# %% solution="loader-collate"
from tinytorch.core.dataloader import *

# %% solution="flip"
from tinytorch.core.dataloader import RandomHorizontalFlip

# %% solution="crop"
from tinytorch.core.dataloader import RandomCrop

# %% solution="compose"
from tinytorch.core.dataloader import Compose
