using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ModelServer.Jinja;
using ModelServer.Tests.ChatTemplates.Differential;
using Xunit.Abstractions;

namespace ModelServer.Tests.Jinja;

/// <summary>Whatever a template and a conversation are, there is a text within its bounds or a refusal. <c>TEMPLATE_MUTATIONS</c> says how many are tried.</summary>
public sealed class TemplateFuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("TEMPLATE_MUTATIONS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void Render_MutatedTemplates_EndsInATextOrARefusal()
    {
        var (mutations, conversations) = (new TemplateMutations(seed: 20300107, [.. PublishedTemplate.All.Select(t => t.Source)]), Conversations().ToArray());
        var (rendered, refused, unread, longest) = (0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < Count; i++)
        {
            var template = mutations.Next();
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var timeout = new CancellationTokenSource(Longest);
                var prompt = new JinjaTemplate(template).Render(conversations[i % conversations.Length], TimeProvider.System, timeout.Token);
                Assert.InRange(prompt.Value.Length, 0, new RenderLimits().MaxCharacters);
                Assert.All(prompt.Given.ToArray(), g => Assert.InRange(g.End, g.Start + 1, prompt.Value.Length));
                rendered++;
            }
            catch (JinjaSyntaxException)
            {
                unread++;
            }
            catch (JinjaException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{e}\n{template}");
            }

            var taken = Stopwatch.GetElapsedTime(start);
            if (taken > longest) longest = taken;
        }

        output.WriteLine($"{rendered} rendered, {refused} refused, {unread} no templates; longest {longest.TotalSeconds:F2} s");
        Assert.True(rendered > Count / 20 && refused > Count / 20, "The mutations test nothing.");
    }

    /// <summary>Deep, long, and of types that no template expects.</summary>
    private static IEnumerable<Dictionary<string, object?>> Conversations()
    {
        const string Tool = """{"type":"function","function":{"name":"f","description":null,"parameters":{"type":"object","properties":{"a":{"type":["string","null"]},"items":{}},"required":["a"]}}}""";
        var deep = $"{string.Concat(Enumerable.Repeat("{\"a\":[", 30))}1{string.Concat(Enumerable.Repeat("]}", 30))}";
        string[] messages =
        [
            """[{"role":"user","content":"Hi"}]""",
            """[{"role":"system","content":"S"},{"role":"user","content":"U"},{"role":"assistant","content":null,"tool_calls":[{"id":"abcdefghi","type":"function","function":{"name":"f","arguments":{"a":1e400,"b":123456789012345678901234567890}}}]},{"role":"tool","content":"R","tool_call_id":"abcdefghi"},{"role":"assistant","content":"A"}]""",
            $$"""[{"role":"user","content":{{deep}}},{"role":"assistant","content":{{JsonSerializer.Serialize(new string('x', 100_000))}}}]""",
            $$"""[{"role":"user","content":[{"type":"text","text":"part"}],"tool_calls":{{deep}}}]""",
            $"[{string.Join(',', Enumerable.Range(0, 300).Select(i => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"{{i}} 😀"}"""))}]",
            """[{"role":"assistant","content":"</think></think>","reasoning_content":5,"name":[]},{"role":"","content":true},{"content":1.5}]""",
            "[]",
            """[null,1,"text",[],{}]""",
        ];
        foreach (var message in messages)
        {
            yield return new Dictionary<string, object?>
            {
                ["messages"] = JsonValues.Read(JsonDocument.Parse(message).RootElement, isGiven: true),
                ["tools"] = JsonValues.Read(JsonDocument.Parse($"[{Tool}]").RootElement, isGiven: true),
                ["documents"] = null,
                ["add_generation_prompt"] = true,
                ["bos_token"] = new JinjaText("<s>"),
            };
        }
    }
}
