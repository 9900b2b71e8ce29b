using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Where a project is; generated for every project reference of an AppHost.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    string ProjectPath { get; }

    bool SuppressBuild => false;
}

/// <summary>Ours: also says what the project builds, so that it can be started without asking the SDK.</summary>
public interface IOfflineProjectMetadata : IProjectMetadata
{
    string TargetPath { get; }
}
