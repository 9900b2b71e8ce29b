using Microsoft.Extensions.Options;

namespace Gateway.Edge;

/// <summary>Which pages may call the gateway from a browser.</summary>
internal sealed class OriginOptions
{
    public const string SectionName = "Cors";

    /// <summary>Origins such as <c>https://app.example.com</c>; none by default, and never <c>*</c>.</summary>
    public string[] Origins { get; set; } = [];
}

internal sealed class OriginOptionsValidator : IValidateOptions<OriginOptions>
{
    public ValidateOptionsResult Validate(string? name, OriginOptions options)
    {
        string[] errors = [.. options.Origins.Where(o => !IsOrigin(o)).Select(o => $"Cors:Origins: '{o}' is not an origin such as https://app.example.com.")];
        return errors is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsOrigin(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.GetLeftPart(UriPartial.Authority) == text;
}
