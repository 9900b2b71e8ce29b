using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Requests;
using Testing;

namespace ModelServer.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private static readonly ChatTurn[] Turns = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "Yes?"), new("user", "Why\nnot?")];

    [Fact]
    public void Render_ChatMl_MarksEveryTurnAndBeginsTheAnswer()
    {
        var prompt = ChatTemplate.ChatMl("Unused.").Render(Turns);

        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n<|im_start|>user\nWhy\nnot?<|im_end|>\n<|im_start|>assistant\n",
            Text(prompt));
        Assert.False(prompt.AddSpecialTokens);
    }

    [Fact]
    public void Render_Plain_IsTheTexts()
    {
        var prompt = ChatTemplate.Plain.Render(Turns);

        Assert.Equal("Be brief.HiYes?Why\nnot?", Text(prompt));
        Assert.True(prompt.AddSpecialTokens);
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData(@"{{- '<|im_start|>system\nBe kind.<|im_end|>\n' }}{{- '<|im_start|>' }}", "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")]
    public void Recognise_ChatMl_KeepsItsSystemMessage(string jinja, string expected) => Assert.Equal(expected, Text(ChatTemplate.Recognise(jinja)!.Render([new("user", "Hi")])));

    [Theory]
    [InlineData("[INST] {{ messages[0]['content'] }} [/INST]")]
    [InlineData("<|user|>{{ m }}<|end|>")]
    public void Recognise_Others_IsNull(string jinja) => Assert.Null(ChatTemplate.Recognise(jinja));

    /// <summary>What Python's jinja2 renders of published templates.</summary>
    [ChatTemplateFact]
    public void Render_PublishedTemplates_AgreesWithJinja()
    {
        foreach (var folder in ChatTemplateFactAttribute.Folders)
        {
            var template = ChatTemplate.Recognise(File.ReadAllText(Path.Combine(folder, "template.jinja")))!;
            var compared = 0;
            foreach (var line in File.ReadLines(Path.Combine(folder, "expected.jsonl")))
            {
                var item = JsonDocument.Parse(line).RootElement;
                if (item.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array) continue;
                if (!item.GetProperty("add_generation_prompt").GetBoolean() || !item.TryGetProperty("text", out var expected)) continue;
                ChatTurn[] turns = [.. item.GetProperty("messages").EnumerateArray().Select(m => new ChatTurn(m.GetProperty("role").GetString()!, m.GetProperty("content").GetString()!))];
                Assert.Equal(expected.GetString(), Text(template.Render(turns)));
                compared++;
            }

            Assert.InRange(compared, 5, int.MaxValue);
        }
    }

    private static string Text(TextPrompt prompt) => ((TextInput)prompt.Input).Text;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChatTemplateFactAttribute : FactAttribute
{
    public ChatTemplateFactAttribute() => Skip = Folders.All(Directory.Exists) && Folders.Length > 0 ? null : "There are no chat templates beside the repository.";

    public static string[] Folders => RepositoryPaths.Fixtures is { } root ? [Path.Combine(root, "chat-templates", "smollm2"), Path.Combine(root, "chat-templates", "qwen2.5")] : [];
}
