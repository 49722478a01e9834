"""A LocalStack plugin that needs neither Docker nor Java.

LocalStack finds it by the entry points in `pyproject.toml`. Whatever can be tested without a running
LocalStack (`jsonata`, `runtime_api`, `scheduler`, `threads`, `turns`, `websockets`) imports nothing of it.
"""
