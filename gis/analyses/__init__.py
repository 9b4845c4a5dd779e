"""One analysis a file; each holds one `ANALYSIS`. To add one, copy buffer.py: form, process and command follow by themselves."""
