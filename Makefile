# One command each: `make demo` grades a class of real submissions, `make test` runs every check. `make help` lists the rest.

PYTHON ?= python3
MODULE ?= 05
PROCESSES ?= 4
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install sandbox postgres chromium voice build docs demo check check-types check-tests test browser torch bench-peers other-python mutants check-against-grade soak kill bench-grading bench-loader bench-collect pillow-images lint lab lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

install: $(INSTALLED)  ## make .venv with the locked versions

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "TinyTorch needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "$$REFUSE_BROKEN_CONFIGURATION"
	@touch $@

# nbgrader goes on without an nbgrader_config.py that raises an error, and its defaults show hidden tests. What Python
# runs with this environment sets the variable with which Jupyter's commands stop instead.
define REFUSE_BROKEN_CONFIGURATION
import pathlib, sysconfig
file = pathlib.Path(sysconfig.get_path("purelib"), "refuse_broken_configuration.pth")
file.write_text("import os; os.environ.setdefault('TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR', '1')\n")
endef
export REFUSE_BROKEN_CONFIGURATION

# Submissions are graded under bubblewrap; tests grade into PostgreSQL, too, and look at pages in Chromium, which also
# prints the site's slides; espeak-ng and lame make its audio overview. These are the distribution's, so they are installed only where that may be done.
sandbox:
	@command -v bwrap > /dev/null || $(call apt_install,bubblewrap)

postgres:
	@ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || command -v initdb > /dev/null || $(call apt_install,postgresql)

chromium:
	@command -v chromium > /dev/null || command -v chromium-browser > /dev/null || $(call apt_install,chromium)

voice:
	@{ command -v espeak-ng && command -v lame; } > /dev/null || $(call apt_install,espeak-ng lame)

define apt_install
! command -v apt-get > /dev/null || { \
	if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true 2> /dev/null; then as_root=sudo; else exit 0; fi; \
	install="$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y $(1)"; \
	$$install || { $$as_root apt-get update -qq && $$install; } || echo "$(1) could not be installed"; }
endef

build: $(INSTALLED)  ## make the notebooks and the package from src
	$(BIN)/tito build

docs: $(INSTALLED) chromium voice  ## build the site into build/site: pages, slides with a PDF, an audio overview
	$(BIN)/sphinx-build -W --keep-going -n -E -q -b html -d build/doctrees docs build/site
	@echo "build/site/index.html"

demo: $(INSTALLED) sandbox  ## grade a class of real submissions, and show the points, the tests and the feedback
	$(BIN)/python -m tests.programs.demo

check: $(INSTALLED)  ## in less than a minute: ruff, mypy, import-linter and the fast unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 --output-sync check-types check-tests

check-types: $(INSTALLED)
	$(BIN)/lint-imports > /dev/null || $(BIN)/lint-imports
	$(BIN)/mypy

check-tests: $(INSTALLED)
	$(BIN)/python -m pytest -m fast tests/core tests/course tests/datasets tests/profiling tests/test_panel.py

test: $(INSTALLED) sandbox postgres chromium voice  ## run every check that continuous integration runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(PROCESSES)

browser: $(INSTALLED) sandbox chromium voice  ## click through JupyterLab and Formgrader in a real browser; pictures in build/screenshots
	SCREENSHOTS="$(SCREENSHOTS)" $(BIN)/python -m pytest tests/browser

torch: $(INSTALLED)  ## add PyTorch to .venv (from where pip finds it), and with it the tests that compare results with its own
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]'

other-python: $(INSTALLED) sandbox  ## build, test and grade with the newest other Python that is supported and installed here
	$(BIN)/python -m tests.programs.other_python

mutants: $(INSTALLED)  ## break the reference solutions in hundreds of small ways, and see that the tests notice (MODULE=05, or all)
	$(BIN)/python -m tests.programs.mutants $(filter-out all,$(MODULE))

check-against-grade: $(INSTALLED) sandbox  ## check and grade every submission of the corpora: both say the same of every visible test
	$(BIN)/python -m tests.programs.check_against_grade

soak: $(INSTALLED) sandbox  ## grade the reference 200 times while every core is busy: each gives 100
	$(BIN)/python -m tests.programs.soak

kill: $(INSTALLED) sandbox  ## kill grading at 20 random moments, start it again each time: nothing is lost, changed or done twice
	$(BIN)/python -m tests.programs.kill

bench-grading: $(INSTALLED) sandbox  ## grade the same class with nbgrader autograde and with tito grade, and print what each takes
	$(BIN)/python -m tests.programs.bench_grading

bench-peers: $(INSTALLED)  ## add PyTorch and the other libraries that bench-loader compares with to .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench,bench-peers]'

bench-loader: $(INSTALLED)  ## load the same data with TinyTorch, PyTorch and what else `make bench-peers` installs; print what each takes
	$(BIN)/python -m tests.programs.bench_loader

bench-collect: $(INSTALLED)  ## collect a zip of 100, 1,000 and 10,000 hand-ins, and print what each takes
	$(BIN)/python -m tests.programs.bench_collect

pillow-images: $(INSTALLED)  ## read Pillow's own test images as ImageFolder does, and print how many come out as from Pillow
	$(BIN)/python -m tests.programs.pillow_images

lint: $(INSTALLED)  ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lab: $(INSTALLED)  ## open module 05 in JupyterLab as a student sees it (MODULE=05); your work stays in build/lab
	test -d build/lab/$(MODULE) || $(BIN)/tito bundle $(MODULE) --output build/lab/$(MODULE)
	cd build/lab/$(MODULE) && $(CURDIR)/$(BIN)/tito lab $(MODULE) $(LAB_OPTIONS)

lock:  ## write requirements.lock anew from the newest versions that pyproject.toml allows
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check \
		-e '.[course,dev,docs,browser,images,cluster,postgres,hub,lite,similar,simplejpeg,binder]'
	(echo "# Versions that were tested together; \`make lock\` writes this file."; \
	 build/lock/bin/python -m pip freeze --all --exclude-editable | grep -v '^pip==') > requirements.lock
	rm -rf build/lock

clean:  ## remove what was generated and is not committed, but for what you wrote in build/lab
	find build -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} + 2> /dev/null || true
	rm -rf submitted autograded feedback history .results gradebook.db* grades.csv nbgrader.csv canvas.csv report.html similar.html src/*/*.ipynb
