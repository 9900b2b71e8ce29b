using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value the user or the configuration gives.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        _value = new(() => callback(Default), LazyThreadSafetyMode.ExecutionAndPublication);
        Secret = secret;
    }

    public string Value => _value.Value;

    public ParameterDefault? Default { get; set; }

    public bool Secret { get; }

    public bool IsConnectionString { get; set; }

    public string? Description { get; set; }

    public bool EnableDescriptionMarkdown { get; set; }

    public string ValueExpression => $"{{{Name}.value}}";

    internal string ConfigurationKey { get => field ?? (IsConnectionString ? $"ConnectionStrings:{Name}" : $"Parameters:{Name}"); set; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(_value.Value);
}

public abstract class ParameterDefault
{
    public abstract void WriteToManifest(ManifestPublishingContext context);

    public abstract string GetDefaultValue();
}

/// <summary>A random value: at least <see cref="MinLength"/> characters of the enabled kinds.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Without the characters that are easily mistaken for one another.
    private const string LowerCase = "abcdefghjkmnpqrstuvwxyz", UpperCase = "ABCDEFGHJKMNPQRSTUVWXYZ", Digits = "0123456789", SpecialCharacters = "-_.{}~()*+!";

    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override void WriteToManifest(ManifestPublishingContext context)
    {
        var writer = context.Writer;
        writer.WriteStartObject("generate");
        writer.WriteNumber("minLength", MinLength);
        WriteDisabled("lower", Lower);
        WriteDisabled("upper", Upper);
        WriteDisabled("numeric", Numeric);
        WriteDisabled("special", Special);
        WriteMinimum("minLower", MinLower);
        WriteMinimum("minUpper", MinUpper);
        WriteMinimum("minNumeric", MinNumeric);
        WriteMinimum("minSpecial", MinSpecial);
        writer.WriteEndObject();

        void WriteDisabled(string name, bool enabled)
        {
            if (!enabled) writer.WriteBoolean(name, false);
        }

        void WriteMinimum(string name, int minimum)
        {
            if (minimum > 0) writer.WriteNumber(name, minimum);
        }
    }

    public override string GetDefaultValue()
    {
        var all = (Lower ? LowerCase : "") + (Upper ? UpperCase : "") + (Numeric ? Digits : "") + (Special ? SpecialCharacters : "");
        if (all.Length == 0) throw new ArgumentException("At least one character type must be enabled.");
        var required = RandomNumberGenerator.GetString(LowerCase, MinLower) + RandomNumberGenerator.GetString(UpperCase, MinUpper)
            + RandomNumberGenerator.GetString(Digits, MinNumeric) + RandomNumberGenerator.GetString(SpecialCharacters, MinSpecial);
        var characters = (required + RandomNumberGenerator.GetString(all, Math.Max(0, MinLength - required.Length))).ToCharArray();
        RandomNumberGenerator.Shuffle(characters.AsSpan());
        return new string(characters);
    }
}

internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value());

    public override string GetDefaultValue() => value();
}

/// <summary>Keeps a generated value in the AppHost's user secrets, so that the next run has the same.</summary>
internal sealed class UserSecretsParameterDefault(string parameterName, ParameterDefault value, UserSecrets? secrets) : ParameterDefault
{
    public override void WriteToManifest(ManifestPublishingContext context) => value.WriteToManifest(context);

    public override string GetDefaultValue()
    {
        var generated = value.GetDefaultValue();
        secrets?.Set($"Parameters:{parameterName}", generated);
        return generated;
    }
}
