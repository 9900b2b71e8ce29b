"""Conversations whose answers are the golden cases of the chat model."""

from __future__ import annotations

from chat_format import START, render

WEATHER = {"name": "get_weather", "description": "Get the weather for a city",
           "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
CALCULATOR = {"name": "calculator", "description": "Evaluates an arithmetic expression.",
              "parameters": {"type": "object", "properties": {"expression": {"type": "string"}},
                             "required": ["expression"]}}
CONVERSATIONS = (
    {"messages": [{"role": "user", "content": "Hello!"}]},
    {"messages": [{"role": "user", "content": "What is the capital of France?"}]},
    {"messages": [{"role": "user", "content": "What can you do?"}]},
    {"messages": [{"role": "user", "content": "Who wrote the long letter?"}]},
    {"messages": [{"role": "system", "content": "You are Robbie, a friendly robot."},
                  {"role": "user", "content": "What is your name?"}]},
    {"messages": [{"role": "user", "content": "My name is Ada."},
                  {"role": "assistant", "content": "Nice to meet you, Ada!"},
                  {"role": "user", "content": "What is my name?"}]},
    {"messages": [{"role": "system", "content": "Answer as JSON with the fields name, age and city."},
                  {"role": "user", "content": "Maria is 31 years old and lives in Lisbon."}]},
    {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}]},
    {"messages": [{"role": "user", "content": "What is the weather in Oslo?"}], "tools": [WEATHER]},
    {"messages": [{"role": "user", "content": "What is the weather in Paris and Rome?"}],
     "tools": [WEATHER, CALCULATOR]},
    {"messages": [{"role": "user", "content": "What is 17 times 23?"}], "tools": [WEATHER, CALCULATOR]},
    {"messages": [{"role": "user", "content": "What is the weather in Oslo?"},
                  {"role": "assistant",
                   "tool_calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]},
                  {"role": "tool", "content": "{\"temperature\": 7, \"condition\": \"rainy\"}"}],
     "tools": [WEATHER]},
)


def prompts() -> list[str]:
    """Their texts, up to where the assistant's answer begins."""
    return ["".join(text for text, _ in render(c)) + f"{START}assistant\n" for c in CONVERSATIONS]
