namespace AppHost.Startup;

/// <summary>The command line: the options of <see cref="StartOption"/>, Aspire's own switches, and any <c>--Section:Key value</c>.</summary>
/// <param name="Configuration">The arguments as Aspire's configuration reads them.</param>
internal sealed record StartArguments(string[] Configuration, bool HasDashboard, bool HasObservability, bool WantsHelp)
{
    private const string NoDashboard = "--no-dashboard";
    private const string Observability = "--observability";
    private const string Help = "--help";
    private const string Doctor = "--doctor";

    /// <summary>Whether to look at the machine instead of starting.</summary>
    public bool WantsDoctor { get; init; }

    /// <summary>Switches that Aspire and the .NET host map to configuration, for publishing and for their command line tools. Some go without a value.</summary>
    private static readonly HashSet<string> AspireSwitches =
    [
        "--operation", "--publisher", "--step", "--output-path", "--log-level", "--include-exception-details", "--clear-cache", "--list-steps", "--deploy",
        "--no-build", "--dcp-cli-path", "--dcp-container-runtime", "--dcp-dependency-check-timeout", "--dcp-dashboard-path",
        "--environment", "--contentRoot", "--applicationName",
    ];

    /// <exception cref="DistributedApplicationException">An argument is unknown or lacks its value.</exception>
    public static StartArguments Parse(string[] args)
    {
        var configuration = new List<string>();
        var (dashboard, observability, help, doctor) = (true, false, false, false);
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            switch (name)
            {
                case NoDashboard when name == args[i]:
                    dashboard = false;
                    break;
                case Doctor when name == args[i]:
                    doctor = true;
                    break;
                case Observability when name == args[i]:
                    observability = true;
                    break;
                case Help or "-h" or "-?" when name == args[i]:
                    help = true;
                    break;
                case var _ when StartOption.All.FirstOrDefault(option => option.Name == name) is { } option:
                    configuration.Add($"--{option.Key}={TakeValue(args, ref i)}");
                    break;
                case var _ when AspireSwitches.Contains(name):
                    configuration.Add(args[i]);
                    if (!args[i].Contains('=') && HasValue(args, i)) configuration.Add(args[++i]);
                    break;
                case var _ when IsSetting(name):
                    configuration.Add($"--{name.TrimStart('-', '/')}={TakeValue(args, ref i)}");
                    break;
                default:
                    throw new DistributedApplicationException(Unknown(args[i], name));
            }
        }

        return new([.. configuration], dashboard, observability, help) { WantsDoctor = doctor };
    }

    /// <summary>Reserves ports for the dashboard, if it is wanted.</summary>
    public DistributedApplicationOptions ToOptions()
    {
        if (HasDashboard) DashboardPorts.Reserve();
        return new DistributedApplicationOptions { Args = Configuration, DisableDashboard = !HasDashboard, AllowUnsecuredTransport = true };
    }

    public static string ReadHelp()
    {
        using var text = new StreamReader(typeof(StartArguments).Assembly.GetManifestResourceStream("help.txt")!);
        return text.ReadToEnd();
    }

    /// <summary><c>--Section:Key</c>, <c>/Section:Key</c> or <c>Section:Key</c>; of the platform's own section those keys alone that it has.</summary>
    private static bool IsSetting(string name)
    {
        var key = name.TrimStart('-', '/');
        var isOwn = key.StartsWith($"{PlatformOptions.SectionName}:", StringComparison.OrdinalIgnoreCase);
        return key.IndexOf(':') > 0 && (!isOwn || Array.Exists(StartOption.All, option => option.Key.Equals(key, StringComparison.OrdinalIgnoreCase)));
    }

    private static string TakeValue(string[] args, ref int i)
    {
        if (args[i].IndexOf('=') is var sign and > 0) return args[i][(sign + 1)..];
        return HasValue(args, i) ? args[++i] : throw new DistributedApplicationException($"{args[i]} needs a value.");
    }

    private static bool HasValue(string[] args, int i) => i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);

    private static string Unknown(string argument, string name)
    {
        string[] known = [NoDashboard, Observability, Doctor, Help, .. StartOption.All.Select(option => option.Name)];
        var nearest = known.Concat(StartOption.All.Select(option => $"--{option.Key}")).MinBy(option => Distance(option, name))!;
        return Distance(nearest, name) <= name.Length / 3
            ? $"Unknown option {argument}. Did you mean {nearest}?"
            : $"Unknown option {argument}. Options: {string.Join(' ', known.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>How many letters to insert, delete or replace.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
