# %% [markdown]
# why: the reference itself
# base: reference


