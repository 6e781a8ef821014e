# %% [markdown]
# why: along a path local slopes are added
# base: reference
# loses: {by-hand-path: 2, by-hand-paths: 3}
# says: so s_gradient is 8 * 1; it was 9
# at: "line 1 of your cell `s_gradient`"

# %% solution="by-hand"
s_gradient = d_gradient + 1
p_gradient = s_gradient + 1
x_gradient = p_gradient + w
w_gradient = p_gradient + x + s_gradient
