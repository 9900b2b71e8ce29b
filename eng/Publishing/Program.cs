using System.Runtime.CompilerServices;
using Publishing;

var root = RepositoryRoot();
var (options, wrong) = PublishOptions.Parse(args, root);
if (options is null)
{
    Console.Error.WriteLine(wrong);
    return 2;
}

if (options.Help)
{
    Console.WriteLine(PublishOptions.Text);
    return 0;
}

var engine = Images.FindEngine();
if (options.Images && engine is null)
{
    Console.Error.WriteLine("There is neither docker nor podman to build images with.");
    return 2;
}

try
{
    var build = await PlatformBuild.ReadAsync(root);
    var publisher = new Publisher(root, options.Runtime);
    List<(Flavour Flavour, PublishedFolder Folder)> published = [];
    foreach (var flavour in Flavour.For(options.Runtime))
    {
        Console.WriteLine($"Publishing {flavour.Name} …");
        var folder = await publisher.PublishAsync(flavour, Path.Combine(options.Output, flavour.Name));
        await publisher.WriteBillOfMaterialsAsync(flavour, build.Version, Path.Combine(options.Output, $"{flavour.Name}.cdx.json"));
        published.Add((flavour, folder));
    }

    foreach (var (flavour, _) in options.Images ? published : [])
    {
        Console.WriteLine($"Building {flavour.Tag(build.Version)} …");
        await new Images(root, engine!).BuildAsync(flavour, options.Runtime, build);
    }

    Console.WriteLine($"\n{SizeTable.Of(build.Version, published)}\n\n{options.Output}");
    var faults = SizeTable.Faults(published);
    foreach (var fault in faults) Console.Error.WriteLine(fault);
    return faults is [] ? 0 : 1;
}
catch (CommandException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static string RepositoryRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
