namespace AppHost.Doctor;

internal enum DoctorLevel
{
    Ok,

    /// <summary>The platform runs, but not as well as it could, or not everything that was looked for can be had.</summary>
    Warn,

    /// <summary>What was asked for cannot run.</summary>
    Fail,
}

/// <summary>What one check has found.</summary>
/// <param name="Name">What was looked at, in a word or two.</param>
/// <param name="Finding">How it is; of what is wrong, the cause.</param>
/// <param name="Fix">What to do; null where nothing is to be done.</param>
internal sealed record DoctorResult(string Name, DoctorLevel Level, string Finding, string? Fix = null)
{
    private const int NameWidth = 16;

    public static DoctorResult Ok(string name, string finding) => new(name, DoctorLevel.Ok, finding);

    public static DoctorResult Warn(string name, string finding, string? fix = null) => new(name, DoctorLevel.Warn, finding, fix);

    public static DoctorResult Fail(string name, string finding, string fix) => new(name, DoctorLevel.Fail, finding, fix);

    /// <summary>One line, whatever is in it.</summary>
    public override string ToString() => $"{Level.ToString().ToLowerInvariant(),-4}  {Name.PadRight(NameWidth)}  {Finding.Trim()}{(Fix is null ? "" : $"  Fix: {Fix}")}".ReplaceLineEndings(" ");
}
