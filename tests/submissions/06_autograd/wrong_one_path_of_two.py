# %% [markdown]
# why: w's direct path to s is forgotten
# base: reference
# loses: {by-hand-paths: 3}

# %% solution="by-hand"
s_gradient = d_gradient
p_gradient = s_gradient
x_gradient = p_gradient * w
w_gradient = p_gradient * x
