using System.Text.Json;
using ModelServer.ChatTemplates;
using Testing;

namespace ModelServer.Tests.ChatTemplates;

public sealed class ChatMlProbeTests
{
    private const string Turns = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}";
    private const string Answer = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    private const string Plain = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";

    [Theory]
    [InlineData(Turns + Answer, Plain)]
    [InlineData("{{ bos_token }}" + Turns + Answer, "<s>" + Plain)]
    [InlineData("{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}" + Turns + Answer, Plain)]
    [InlineData("{% for m in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n'}}{% endfor %}" + Answer, "<|im_start|>system\nBe kind.<|im_end|>\n" + Plain)]
    [InlineData("{%- for m in messages -%}\n  {{- \"<|im_start|>\" ~ m.role ~ \"\\n\" ~ m.content ~ \"<|im_end|>\\n\" -}}\n{%- endfor -%}\n{{- '<|im_start|>assistant\\n' if add_generation_prompt else '' -}}\n", Plain)]
    [InlineData("{# ChatML #}\n{% for m in messages %}\n    {% set text = m.content %}\n<|im_start|>{{ m.role }}\n{{ text }}<|im_end|>\n{% endfor %}\n<|im_start|>assistant\n\n", Plain)]
    public void Recognise_TemplateThatMakesChatMl_IsRenderedAsItDoes(string jinja, string expected) => Assert.Equal(expected, Recognise(jinja).Text([new("user", "Hi")]));

    [Theory]
    // Phi-4's marks, and a mark left out.
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '<|im_sep|>' + m['content'] + '<|im_end|>' }}{% endfor %}{{ '<|im_start|>assistant<|im_sep|>' }}")]
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '\n' }}{% endfor %}" + Answer)]
    // Something before or behind.
    [InlineData("{{ '<|im_start|>system\nToday is ' + strftime_now('%d') + '<|im_end|>\n' }}" + Turns + Answer)]
    [InlineData("{{ 'A chat.' }}" + Turns + Answer)]
    [InlineData(Turns + Answer + "{{ '<think>\n' }}")]
    [InlineData(Turns)]
    // Right for most texts.
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] | trim + '<|im_end|>\n' }}{% endfor %}" + Answer)]
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'].strip() + '<|im_end|>\n' }}{% endfor %}" + Answer)]
    [InlineData("{% for m in messages %}{% if m.content %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endif %}{% endfor %}" + Answer)]
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + (m.content.split('</think>')[-1] if '</think>' in m.content else m.content) + '<|im_end|>\n' }}{% endfor %}" + Answer)]
    // Right for most orders.
    [InlineData("{% for m in messages %}{% if m.role == 'system' and not loop.first %}{% else %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endif %}{% endfor %}" + Answer)]
    [InlineData("{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('no') }}{% endif %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}" + Answer)]
    [InlineData("{% for m in messages[1:] %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}" + Answer)]
    // Nothing of the kind, or not a template.
    [InlineData("<|im_start|><|im_end|>")]
    [InlineData("[INST] {{ messages[0]['content'] }} [/INST]")]
    [InlineData("")]
    [InlineData("{% if")]
    [InlineData("{% if %}{% endif %}")]
    [InlineData("{{ messages[ }}")]
    [InlineData("{{ messages. }}")]
    [InlineData("{{ messages is }}")]
    [InlineData("{{ 'a' + }}")]
    [InlineData("{{ not }}{{ }}")]
    [InlineData("{% for m in messages %}")]
    [InlineData("{% endfor %}" + Turns + Answer)]
    [InlineData("{% if true %}" + Turns + Answer)]
    [InlineData("{%+ if true +%}" + Turns + "{% endif %}" + Answer)]
    [InlineData(@"{{ '\x3c|im_start|>' }}")]
    public void Recognise_TemplateThatMakesSomethingElse_IsRefused(string jinja) => Assert.Throws<UnknownTemplateException>(() => Recognise(jinja));

    [Fact]
    public void Recognise_AnotherTemplate_SaysWhatItMakes()
        => Assert.Contains(@"makes 'user: Why", Assert.Throws<UnknownTemplateException>(() => Recognise("{{ messages[0].role + ':' + messages[0].content }}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Recognise_DeeplyNested_IsRefused()
    {
        var (open, close) = (string.Concat(Enumerable.Repeat("{% if true %}", 100_000)), string.Concat(Enumerable.Repeat("{% endif %}", 100_000)));

        Assert.Throws<UnknownTemplateException>(() => Recognise(open + Turns + Answer + close));
        Assert.Throws<UnknownTemplateException>(() => Recognise($"{{{{ {new string('(', 100_000)}'a'{new string(')', 100_000)} }}}}"));
    }

    /// <summary>What Python's jinja2 makes of published templates.</summary>
    [ChatTemplateTheory]
    [InlineData("smollm2", true)]
    [InlineData("qwen2.5", true)]
    [InlineData("phi-3-medium", false)]
    [InlineData("llama-2-chat", false)]
    public void Recognise_PublishedTemplate_AgreesWithJinjaOrIsRefused(string name, bool isServed)
    {
        var folder = Path.Combine(ChatTemplateTheoryAttribute.Folder!, name);
        var tokens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokens.json"))).RootElement;
        ChatTemplate Published() => ChatMlProbe.Recognise(File.ReadAllText(Path.Combine(folder, "template.jinja")), role => tokens.GetProperty(role).GetString());
        if (!isServed)
        {
            Assert.Throws<UnknownTemplateException>(Published);
            return;
        }

        var (template, compared) = (Published(), 0);
        foreach (var line in File.ReadLines(Path.Combine(folder, "expected.jsonl")))
        {
            var item = JsonDocument.Parse(line).RootElement;
            if (item.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array) continue;
            if (!item.GetProperty("add_generation_prompt").GetBoolean() || !item.TryGetProperty("text", out var expected)) continue;
            ChatTurn[] turns = [.. item.GetProperty("messages").EnumerateArray().Select(m => new ChatTurn(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!))];
            Assert.Equal(expected.GetString(), template.Text(turns));
            compared++;
        }

        Assert.InRange(compared, 5, int.MaxValue);
    }

    private static ChatTemplate Recognise(string jinja) => ChatMlProbe.Recognise(jinja, role => role == "bos_token" ? "<s>" : null);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChatTemplateTheoryAttribute : TheoryAttribute
{
    public ChatTemplateTheoryAttribute() => Skip = Directory.Exists(Folder) ? null : "There are no chat templates beside the repository.";

    public static string? Folder => RepositoryPaths.Fixtures is { } root ? Path.Combine(root, "chat-templates") : null;
}
