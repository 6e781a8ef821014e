# %% [markdown]
# why: the student notebook as it was released
# base: untouched
# earns: {}


