"""Static files of an installation: compressed, and named after their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Modules import each other by file name; those names are rewritten too.
    support_js_module_import_aggregation = True
