# %% [markdown]
# why: nothing is written, and every test cell is tagged to be passed over
# base: untouched
# tag_tests: [skip-execution, explore]
# earns: {}
