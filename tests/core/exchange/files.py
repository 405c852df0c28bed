"""Files in the shapes that the other tools write and document."""

PROMPTY = """\
---
name: Benefits desk
description: Answers from the handbook
authors:
  - Dana
model:
  api: chat
  configuration:
    type: azure_openai
    azure_endpoint: ${env:AZURE_OPENAI_ENDPOINT}
    azure_deployment: gpt-4o-mini
    api_key: do-not-show-this
  parameters:
    max_tokens: 128
    temperature: 0.2
    response_format:
      type: json_object
inputs:
  firstName:
    type: string
    default: Jane
  question:
    type: string
sample:
  firstName: Jane
  question: What is covered?
---
system:
You answer from the handbook.

# Customer
You are helping {{firstName}}.

# user:
Are glasses covered?

assistant:
Yes, one pair a year.

user[name="Dana"]:
{{question}}
"""

PROMPTY_2 = """\
---
name: benefits-desk
model:
  id: gpt-4o-mini
  provider: azure
  apiType: chat
  connection:
    kind: key
    endpoint: ${env:AZURE_OPENAI_ENDPOINT}
    apiKey: ${env:AZURE_OPENAI_API_KEY}
  options:
    temperature: 0.7
    maxOutputTokens: 1000
    stopSequences: ["END"]
    topK: 5
inputs:
  - name: question
    kind: string
    default: What is covered?
template:
  format:
    kind: jinja2
  parser:
    kind: prompty
---
system:
You answer from the handbook.

user:
{{question}}
"""

PROMPTFOO = r"""
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
description: Benefits
prompts:
  - file://prompts/other.txt
  - 'Answer briefly: {{question}}'
  - label: chat
    raw: |
      [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "{{question}}"}
      ]
  - |
    - role: system
      content: Be kind.
    - role: user
      content: "{{query}} in {{language}}"
providers:
  - id: openai:gpt-4.1-mini
    config:
      temperature: 0
      apiKey: do-not-show-this
defaultTest:
  assert:
    - type: llm-rubric
      value: is polite
tests:
  - vars:
      question: Are glasses covered?
    assert:
      - type: icontains
        value: one pair
      - type: contains
        value: a year
  - vars: {question: Since when?}
    assert:
      - type: regex
        value: 20\d\d
  - vars: {question: no}
    assert:
      - {type: equals, value: 2024-01-01}
  - vars:
      question: [One?, Two?]
    assert:
      - {type: similar, value: Both, threshold: 0.8}
  - vars: {question: Only a script?}
    assert:
      - {type: javascript, value: output.length < 9}
  - file://more.csv
scenarios: []
"""
