"""``updategate fresh-shop``: make a freshly started container ready to be tested."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from updategate.cli.options import console, json_option, print_json
from updategate.config.exit_codes import ExitCode
from updategate.operations.fresh_shop import FreshShop, FreshShopError, NotReadyError, make_ready


@click.command("fresh-shop")
@click.argument("url")
@click.option("--user", default="admin", show_default=True, envvar="SHOP_ADMIN_USER", help="An administrator.")
@click.option("--password", default="shopware", envvar="SHOP_ADMIN_PASSWORD", help="  [default: as in new containers]")
@click.option(
    "--also", multiple=True, metavar="URL", help="Another address of it, as other containers see it; several."
)
@click.option("--mail", metavar="HOST:PORT", help="Let the shop send its mails to this SMTP server.")
@click.option("--within", type=click.FloatRange(min=0), default=300, show_default=True, help="Wait so many seconds.")
@click.option("--write-env", type=click.Path(path_type=Path), help="Write SHOP_URL and SHOP_ACCESS_KEY for a shell.")
@json_option
def fresh_shop(
    url: str,
    user: str,
    password: str,
    also: tuple[str, ...],
    mail: str | None,
    within: float,
    write_env: Path | None,
    as_json: bool,
) -> ExitCode:
    """Wait for the shop in a new container at URL, add its address as a domain, and tell its access key.

    Writes to the shop: only for containers that are thrown away.

    Exit code 0: ready, 2: a mistake, 3: not ready in time.
    """
    try:
        shop = make_ready(url, user, password, within=within, mail=_mail(mail), also=also)
    except NotReadyError as error:
        click.echo(str(error), err=True)
        return ExitCode.INCONCLUSIVE
    except FreshShopError as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    if write_env is not None:
        _write(write_env, shop)
    console(as_json=as_json).print(f"Shopware {shop.version} at {shop.url} is ready after {shop.waited:.0f} s.")
    if as_json:
        print_json({"url": shop.url, "access_key": shop.access_key, "version": shop.version})
    return ExitCode.PASS


def _mail(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdecimal():
        raise click.UsageError(f"--mail is written HOST:PORT, such as mailpit:1025, not '{text}'.")
    return host, int(port)


def _write(path: Path, shop: FreshShop) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (("SHOP_URL", shop.url), ("SHOP_ACCESS_KEY", shop.access_key))
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in lines), encoding="utf-8")
