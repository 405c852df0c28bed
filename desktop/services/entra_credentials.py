"""azure-identity's credentials, made so that the system's certificates and proxies count.

Imported on a thread, when somebody signs in: it takes a third of a second.
"""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.pipeline.transport import RequestsTransport
    from azure.identity import (
        AuthenticationRecord,
        AzureCliCredential,
        InteractiveBrowserCredential,
    )

CACHE = "strategy-explorer"  # a name of our own: the default is shared with developer tools
SECONDS = 180  # for the user in the browser


def browser_credential(
    record: AuthenticationRecord | None, tenant: str, persistent: bool
) -> InteractiveBrowserCredential:
    """Asks nobody by itself: `authenticate` opens the browser, `get_token` never does.

    `persistent` keeps the tokens in a cache that the system encrypts; using it raises
    ValueError where there is none. They are never kept unencrypted.
    """
    from azure.identity import InteractiveBrowserCredential, TokenCachePersistenceOptions

    # It warns of what it raises, and a quiet request that finds nobody is nothing to warn of.
    logging.getLogger("azure.identity").setLevel(logging.ERROR)
    options = TokenCachePersistenceOptions(name=CACHE, allow_unencrypted_storage=False)
    return InteractiveBrowserCredential(
        authentication_record=record, tenant_id=tenant or None, timeout=SECONDS,
        disable_automatic_authentication=True, transport=_transport(),
        cache_persistence_options=options if persistent else None,
    )


def cli_credential(tenant: str) -> AzureCliCredential:
    """The account that `az login` signed in."""
    from azure.identity import AzureCliCredential

    return AzureCliCredential(tenant_id=tenant)


def forget_accounts(credential: Any) -> None:
    """Remove all that the credential's cache holds, without asking any server.

    WORKAROUND: azure-identity has no sign-out; its MSAL token cache, which has, is private.
    """
    from msal import TokenCache

    try:
        cache = credential._initialize_cache()
    except (AttributeError, ValueError):  # no encrypted cache here: nothing was kept
        return
    kinds = TokenCache.CredentialType
    for kind, remove in (
        (kinds.REFRESH_TOKEN, cache.remove_rt), (kinds.ACCESS_TOKEN, cache.remove_at),
        (kinds.ID_TOKEN, cache.remove_idt), (kinds.ACCOUNT, cache.remove_account),
    ):
        for item in list(cache.search(kind)):
            remove(item)


def _transport() -> RequestsTransport:
    """Certificates from the system's store, as a company's proxy needs it; proxies from the
    environment, which requests reads itself."""
    import requests
    import truststore
    from azure.core.pipeline.transport import RequestsTransport
    from requests.adapters import HTTPAdapter

    class SystemTrust(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=_context(), **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=_context(), **kwargs)

    def _context() -> ssl.SSLContext:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    session = requests.Session()
    session.mount("https://", SystemTrust())
    return RequestsTransport(session=session)
