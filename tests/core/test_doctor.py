"""The doctor reads every form in which people have an address, a call or an error."""

from __future__ import annotations

import pytest

from desktop.core.doctor import read

KEY = "canary-0123456789abcdef0123456789"
ARM = ("/subscriptions/0000-11/resourceGroups/rg-hr/providers/Microsoft.CognitiveServices"
       "/accounts/hr")
CLASSIC = "https://hr.openai.azure.com/openai/deployments/mini/chat/completions"


@pytest.mark.parametrize(("text", "api", "deployment"), [
    ("https://hr.openai.azure.com/", "v1", ""),
    ("hr.openai.azure.com", "v1", ""),
    ("The endpoint is https://hr.openai.azure.com.", "v1", ""),
    ("https://hr.openai.azure.com/openai/v1/", "v1", ""),
    ("https://hr.openai.azure.com/openai/v1/chat/completions?api-version=preview", "v1", ""),
    ("https://hr.cognitiveservices.azure.com/openai/v1/models", "v1", ""),
    ("https://hr.services.ai.azure.com/openai/v1", "v1", ""),
    ("https://hr.services.ai.azure.com/api/projects/benefits", "v1", ""),
    ("https://hr.openai.azure.us/", "v1", ""),
    (CLASSIC + "?api-version=2024-10-21", "classic 2024-10-21", "mini"),
    ("https://hr.openai.azure.com/openai/deployments/mini?api-version=2025-01-01-preview",
     "classic 2025-01-01-preview", "mini"),
    (f"curl {CLASSIC}?api-version=2024-10-21 -H 'api-key: $KEY' -d '{{\"messages\":[]}}'",
     "classic 2024-10-21", "mini"),
    ('curl https://hr.openai.azure.com/openai/v1/chat/completions \\\n -H "Authorization: Bearer '
     '$KEY" \\\n -d \'{"model": "mini", "messages": []}\'', "v1", "mini"),
    ('AzureOpenAI(azure_endpoint="https://hr.openai.azure.com", api_version="2024-06-01",\n'
     ' api_key=os.environ["KEY"])\nclient.chat.completions.create(model="mini")',
     "classic 2024-06-01", "mini"),
])
def test_an_azure_resource_in_any_form(text: str, api: str, deployment: str) -> None:
    clue = read(text)
    assert clue.as_dict() == {
        "resource": "hr", "api": api, "deployment": deployment, "problems": []}
    assert clue.key_env == ("KEY" if "KEY" in text else "")


@pytest.mark.parametrize("text", [
    f"https://portal.azure.com/#@contoso.com/resource{ARM}/overview",
    f"https://ai.azure.com/resource/overview?wsid={ARM}&tid=1",
    f"https://ai.azure.com/foundryProject/overview?wsid={ARM}/projects/p",
])
def test_a_page_of_the_portal_names_the_resource(text: str) -> None:
    clue = read(text)
    assert (clue.resource, clue.endpoint) == ("hr", "https://hr.openai.azure.com")
    assert (clue.subscription, clue.resource_group) == ("0000-11", "rg-hr")
    assert "page of the portal" in clue.problems[0].what


def test_a_deployment_in_the_portal_and_a_bare_id() -> None:
    encoded = (ARM + "/deployments/mini").replace("/", "%2F")
    assert read(f"https://ai.azure.com/resource/deployments/{encoded}").deployment == "mini"
    bare = read(ARM + "/deployments/mini")
    assert (bare.resource, bare.deployment, bare.problems) == ("hr", "mini", ())


@pytest.mark.parametrize(("text", "resource"), [
    ("localhost:11434", "localhost:11434"),
    ("http://[::1]:8000/v1", "[::1]:8000"),
    ("curl https://api.openai.com/v1/chat/completions -H 'Authorization: Bearer $K'",
     "api.openai.com"),
])
def test_other_servers(text: str, resource: str) -> None:
    clue = read(text)
    assert (clue.resource, clue.api, clue.problems) == (resource, "openai", ())


@pytest.mark.parametrize(("text", "says", "fix"), [
    (CLASSIC, "no api-version", "api-version=2024-10-21"),
    (CLASSIC + "?api-version=latest-1", "latest-1 is not an API version", "2024-10-21"),
    ("https://hr.openai.azure.com/openai/v1/models?api-version=2024-10-21",
     "v1 API has no dated", "Leave api-version out"),
    ("https://hr.openai.azure.com/openai/v1/deployments/mini/chat/completions",
     "mixes two generations", "as model"),
    ("https://hr.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
     "model inference", "leave the API version empty"),
    ("https://swedencentral.api.cognitive.microsoft.com/", "address of a region", "Keys"),
    ("https://YOUR-RESOURCE.openai.azure.com/", "placeholder", "Keys and Endpoint"),
    ("http://hr.openai.azure.com", "unencrypted", "https://"),
    ("https://hr.openai.azure.com.evil.example", "imitates", "Check who sent"),
    (f"curl {CLASSIC}?api-version=2024-10-21 -H 'Authorization: Bearer {KEY}'",
     "wrong header", "api-key:"),
    (f"curl https://api.openai.com/v1/models -H 'api-key: {KEY}'", "wrong header", "Bearer"),
    ("curl https://hr.openai.azure.com/openai/v1/models -H 'api-key: <YOUR KEY>'",
     "placeholder stands", "Copy a key"),
    ("hello", "Neither an address nor an error", "Paste"),
    ("", "nothing to look at", "Paste"),
])
def test_what_is_wrong_with_a_text(text: str, says: str, fix: str) -> None:
    problem = read(text).problems[0]
    assert says in problem.what
    assert fix in problem.fix


@pytest.mark.parametrize("text", [
    f"curl https://hr.openai.azure.com/openai/v1/models -H 'api-key: {KEY}'",
    f"curl https://hr.openai.azure.com/openai/v1/models -H \"Authorization: Bearer {KEY}\"",
    f"AZURE_OPENAI_ENDPOINT=https://hr.openai.azure.com\nAZURE_OPENAI_API_KEY={KEY}",
    f'OpenAI(base_url="https://hr.openai.azure.com/openai/v1/", api_key="{KEY}")',
])
def test_a_key_is_found_and_never_shown(text: str) -> None:
    clue = read(text)
    assert clue.key == KEY
    assert KEY not in repr(clue) + str(clue.as_dict())


DENIED = ('{"error":{"code":"401","message":"Access denied due to invalid subscription key or '
          'wrong API endpoint. Make sure to provide a valid key."}}')
FILTER = ('{"error":{"message":"The response was filtered due to the prompt triggering Azure '
          "OpenAI's content management policy\",\"type\":null,\"param\":\"prompt\","
          '"code":"content_filter","status":400,"innererror":{"code":'
          '"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,'
          '"severity":"high"}}}}}')


@pytest.mark.parametrize(("text", "says", "fix"), [
    (DENIED, "refused the key", "Paste the key again"),
    ("HTTP/1.1 403 Forbidden\nAccess denied due to Virtual Network/Firewall rules.",
     "forbids this call", "Networking"),
    ('{"error":{"code":"PermissionDenied","message":"The principal `x` lacks the required data '
     'action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`",'
     '"status":403}}', "forbids", "Cognitive Services OpenAI User"),
    ("403: Your resource has been temporarily blocked because of abuse. status 403",
     "blocked by Microsoft", "support request"),
    ("openai.NotFoundError: Error code: 404 - {'error': {'type': 'invalid_request_error', 'code':"
     " 'DeploymentNotFound', 'message': 'The API deployment for this resource does not exist.'}}",
     "no deployment of that name", "Compare the name"),
    ('{"error":{"code":"404","message":"Resource not found"}}', "does not know this address",
     "check the API version"),
    ("Error code: 429 - {'error': {'code': '429', 'message': 'Requests to the ChatCompletions_"
     "Create Operation have exceeded token rate limit. Please retry after 60 seconds.'}}",
     "too many requests", "Ask again in 60 s"),
    ("Error code: 429 - {'error': {'code': '429', 'message': 'Please retry after 86400 "
     "seconds.'}}", "24 hours", "free trial"),
    ('{"error":{"code":"429","message":"The system is currently experiencing high demand and '
     'cannot process your request."}}', "too busy", "another region"),
    ("HTTP 431 Request Header Fields Too Large", "more headers", "proxy"),
    (FILTER, "content filter stopped the question (hate)", "Rephrase"),
    ('{"error":{"code":"context_length_exceeded","message":"This model\'s maximum context length '
     'is 8192 tokens."}}', "does not fit this model", "larger window"),
    ("Unsupported parameter: 'max_tokens' is not supported with this model. Use "
     "'max_completion_tokens' instead.", "does not take max_tokens", "max_completion_tokens"),
    ('{"error":{"code":"unsupported_value","param":"temperature","message":"Unsupported value: '
     "'temperature' does not support 0.2 with this model.\"}}", "does not take temperature",
     "reasoning"),
    ("Error code: 400 - {'error': {'message': \"messages: 'system' and 'developer' cannot be used "
     "together\"}}", "either a system or a developer", "Keep one"),
    ('{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not '
     'work with the specified model, gpt-5-codex."}}', "does not answer chat messages", ""),
    ("curl: (6) Could not resolve host: hr.openai.azure.com", "hr.openai.azure.com cannot be "
     "reached", "Compare the address"),
    ("httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed "
     "certificate in certificate chain", "cannot be reached", "root certificate"),
    ("openai.APIConnectionError: Connection error. ConnectError(ConnectionRefusedError(111))",
     "cannot be reached", "Start the server"),
    ("curl: (56) Received HTTP code 407 from proxy after CONNECT", "cannot be reached",
     "HTTPS_PROXY"),
    ("APITimeoutError: Request timed out.", "cannot be reached", "firewall"),
])
def test_a_pasted_error_gets_its_cause_and_remedy(text: str, says: str, fix: str) -> None:
    problem = read(text).problems[-1]
    assert says in problem.what
    assert fix in problem.fix


@pytest.mark.parametrize(
    "text", ["{" * 300, "'" * 5000 + "{", '{"a":' * 3000, "\x00", "{'a': " * 40])
def test_hostile_texts_are_only_not_understood(text: str) -> None:
    assert read(text).problems


@pytest.mark.parametrize("text", ["http://" + "a" * 70_000, "a-" * 90_000, "a." * 90_000])
def test_long_nonsense_is_read_in_no_time(text: str) -> None:
    assert read(text).problems
