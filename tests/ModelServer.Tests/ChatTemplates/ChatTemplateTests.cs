using ModelServer.ChatTemplates;
using ModelServer.Requests;

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

    private static string Text(TextPrompt prompt) => ((TextInput)prompt.Input).Text;
}
