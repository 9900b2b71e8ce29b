namespace AppHost.Doctor;

/// <summary>The models folder, and a line for each version that would be refused at a glance.</summary>
internal static class ModelsCheck
{
    private const string Name = "models";

    public static IEnumerable<DoctorResult> Of(DoctorScope scope, ServerReport? report)
    {
        if (!Directory.Exists(scope.Models)) return [DoctorResult.Fail(Name, $"The folder {scope.Models} does not exist.", "name one that does with --models")];
        if (!IsReadable(scope.Models)) return [DoctorResult.Fail(Name, $"The folder {scope.Models} cannot be read by this user.", "give the user the right to read it, or name another with --models")];
        if (report is null) return [DoctorResult.Warn(Name, $"{scope.Models} was not looked into, as the engine could not be tried.")];
        return Of(scope.Models, report.Models);
    }

    public static IEnumerable<DoctorResult> Of(string folder, ServerModel[] models)
    {
        var refused = models.Where(model => model.Reason is not null).ToArray();
        yield return models.Length == refused.Length
            ? DoctorResult.Warn(Name, $"{folder} holds no model that can be served.", "put one there, in <name>/<version>/: ./model pull ORG/NAME")
            : DoctorResult.Ok(Name, $"{models.Length - refused.Length} versions in {folder}");
        foreach (var model in refused) yield return DoctorResult.Warn(Name, $"{model.Name}:{model.Version} would not be served.", model.Reason);
    }

    private static bool IsReadable(string folder)
    {
        try
        {
            Directory.EnumerateFileSystemEntries(folder).Any();
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
