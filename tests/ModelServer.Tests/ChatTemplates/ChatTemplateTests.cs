using ModelServer.ChatTemplates;
using ModelServer.Jinja;
using ModelServer.Requests;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private const string Marks = "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    private static readonly ChatTurn[] Turns = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "Yes?"), new("user", "Why\nnot?")];

    [Fact]
    public void Render_ChatMl_MarksEveryTurnAndBeginsTheAnswer()
    {
        var prompt = ChatTemplate.ChatMl().Render(new(Turns));

        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n<|im_start|>user\nWhy\nnot?<|im_end|>\n<|im_start|>assistant\n",
            Text(prompt));
        Assert.False(prompt.AddSpecialTokens);
    }

    [Fact]
    public void Render_Plain_IsTheTexts()
    {
        var prompt = ChatTemplate.Plain.Render(new(Turns));

        Assert.Equal("Be brief.HiYes?Why\nnot?", Text(prompt));
        Assert.True(prompt.AddSpecialTokens);
    }

    [Fact]
    public void Render_OwnTemplate_IsWhatItMakes()
    {
        var prompt = Read(Marks).Render(new([new("user", " Hi ")]));

        Assert.Equal("<s>[user]Hi</s>[assistant]", Text(prompt));
        Assert.False(prompt.AddSpecialTokens);
        var given = Assert.Single(((TextInput)prompt.Input).PlainParts!);
        Assert.Equal("Hi", Text(prompt)[given.Start..given.End]);
    }

    [Fact]
    public void Render_WithSpecialTokensAllowed_KeepsNoPartPlain() => Assert.Null(((TextInput)Read(Marks, allowsSpecialTokens: true).Render(new([new("user", "Hi")])).Input).PlainParts);

    [Fact]
    public void Render_Refused_IsTheTemplatesSentence()
    {
        var refused = Assert.Throws<InvalidFieldException>(() => Read("{{ raise_exception('Only user and assistant roles are supported!') }}").Render(new(Turns)));

        Assert.Contains("refuses the conversation: Only user and assistant roles are supported!", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Failing_SaysWhy()
        => Assert.Contains("fails on the conversation: 'reply' is undefined", Assert.Throws<InvalidFieldException>(() => Read("{{ reply.text }}").Render(new(Turns))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Marks, "</s>[user]b</s>")]
    [InlineData("{{ messages[0].content }}", null)]
    [InlineData("{{ raise_exception('no') }}", null)]
    public void BehindAnswer_OfATemplate_IsWhatItPutsThere(string template, string? expected) => Assert.Equal(expected, Read(template).BehindAnswer());

    [Fact]
    public void Read_NoTemplate_IsRefused() => Assert.Throws<JinjaSyntaxException>(() => Read("{% for %}"));

    private static ChatTemplate Read(string template, bool allowsSpecialTokens = false)
        => ChatTemplate.Read(template, role => role switch { "bos_token" => "<s>", "eos_token" => "</s>", _ => null }, TimeProvider.System, allowsSpecialTokens);

    private static string Text(TextPrompt prompt) => ((TextInput)prompt.Input).Text;
}
