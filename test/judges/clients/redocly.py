import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "dist" / "python"))

import client as tocsin  # noqa: E402

NAME = "Made by a generated client"
api = tocsin.Client(sys.argv[1])
made = api.create_webhook(
    tocsin.WebhookInput(name=NAME, url="http://127.0.0.1:9/never", events=["instance.down"])
)
assert api.get_webhook(made.id).name == NAME
api.delete_webhook(made.id)
try:
    api.get_webhook(made.id)
except tocsin.ApiError as error:
    assert error.status == 404, error
else:
    raise SystemExit("a webhook that was deleted was read")
