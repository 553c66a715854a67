extension SourceSpec {
    /// JSON Schema (draft 2020-12) of the spec, for `cloudquery validate-config`.
    public static let jsonSchema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Spec of the S3 source",
          "type": "object",
          "additionalProperties": false,
          "required": ["bucket"],
          "properties": {
            "bucket": {
              "type": "string", "minLength": 1,
              "description": "Name of the S3 bucket to read.",
              "examples": ["my-data-bucket"]
            },
            "region": {
              "type": "string", "default": "",
              "description": "Region of the bucket. Required unless AWS_REGION, AWS_DEFAULT_REGION or the profile names one.",
              "examples": ["us-east-1"]
            },
            "local_profile": {
              "type": "string", "default": "",
              "description": "Profile of the shared AWS configuration files whose credentials are used, before the environment's.",
              "examples": ["my-profile"]
            },
            "path_prefix": {
              "type": "string", "default": "",
              "description": "Only objects whose key starts with this are read.",
              "examples": ["data/2024/"]
            },
            "filetype": {
              "enum": ["", "parquet"], "default": "parquet",
              "description": "Format of the objects.",
              "examples": ["parquet"]
            },
            "rows_per_record": {
              "type": "integer", "minimum": 1, "maximum": 10000000, "default": 500,
              "description": "Most rows in one record batch.",
              "examples": [5000]
            },
            "concurrency": {
              "type": "integer", "minimum": -1000000, "maximum": 1000000, "default": 50,
              "description": "Most objects read at once; negative means that only memory bounds them.",
              "examples": [8]
            },
            "endpoint": {
              "type": "string", "default": "",
              "description": "URL of another S3 service.",
              "examples": ["http://127.0.0.1:9000"]
            },
            "path_style": {
              "type": "boolean", "default": false,
              "description": "Put the bucket into the path instead of the host name.",
              "examples": [true]
            },
            "int96_timestamps": {
              "enum": ["", "ns", "us", "ms"], "default": "us",
              "description": "Unit of INT96 timestamps: ns reaches from 1677 to 2262, us some 290,000 years, ms everywhere. Finer digits are cut, with a warning; a value outside the unit fails the sync.",
              "examples": ["ns"]
            }
          }
        }
        """#
}
