extension SourceSpec {
    /// JSON Schema (draft 2020-12) of the spec, for `cloudquery validate-config`.
    public static let jsonSchema = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Spec of the S3 source",
          "type": "object",
          "additionalProperties": false,
          "required": ["bucket"],
          "if": {"required": ["deleted_objects"], "properties": {"deleted_objects": {"const": "delete_rows"}}},
          "then": {"required": ["lineage"], "properties": {"lineage": {"const": true}}},
          "properties": {
            "bucket": {
              "type": "string", "minLength": 1,
              "description": "Name of the S3 bucket to read: a general purpose bucket, a directory bucket, the ARN or alias of an access point.",
              "examples": ["my-data-bucket", "logs--usw2-az1--x-s3", "arn:aws:s3:us-west-2:123456789012:accesspoint/logs"]
            },
            "region": {
              "type": "string", "default": "",
              "description": "Region of the bucket. Unset: AWS_REGION, AWS_DEFAULT_REGION or the profile's, else the bucket is asked. Required for a directory bucket.",
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
              "description": "Most objects read at once; negative means 1,000, which memory bounds.",
              "examples": [8]
            },
            "endpoint": {
              "type": "string", "default": "",
              "description": "URL of another S3 service; file:/// and a path reads a local directory in place of the bucket.",
              "examples": ["http://127.0.0.1:9000"]
            },
            "path_style": {
              "type": "boolean", "default": false,
              "description": "Put the bucket into the path instead of the host name.",
              "examples": [true]
            },
            "role_arn": {
              "type": "string", "default": "", "pattern": "^(arn:aws[a-z-]*:iam::[0-9]{12}:role/.+)?$",
              "description": "Role to take on with the credentials found (AssumeRole).",
              "examples": ["arn:aws:iam::123456789012:role/reader"]
            },
            "external_id": {
              "type": "string", "default": "", "maxLength": 1224, "pattern": "^([A-Za-z0-9_+=,.@:/-]{2,})?$",
              "description": "What the owner of the role wants to hear from others. Only with role_arn.",
              "examples": ["cloudquery"]
            },
            "role_session_name": {
              "type": "string", "default": "", "pattern": "^([A-Za-z0-9_+=,.@-]{2,64})?$",
              "description": "Name of the session in the logs of AWS; unset, one is made of process and time. Only with role_arn.",
              "examples": ["cloudquery-sync"]
            },
            "int96_timestamps": {
              "enum": ["", "ns", "us", "ms"], "default": "us",
              "description": "Unit of INT96 timestamps: ns reaches from 1677 to 2262, us some 290,000 years, ms everywhere. Finer digits are cut, with a warning; a value outside the unit fails the sync.",
              "examples": ["ns"]
            },
            "use_dualstack": {
              "type": "boolean", "default": false,
              "description": "Use AWS hosts that have an IPv6 address as well. Unset: as the environment or profile says. Not with endpoint.",
              "examples": [true]
            },
            "use_fips": {
              "type": "boolean", "default": false,
              "description": "Use AWS hosts with FIPS 140 cryptography. Unset: as the environment or profile says. Not with endpoint.",
              "examples": [true]
            },
            "use_accelerate": {
              "type": "boolean", "default": false,
              "description": "Use transfer acceleration: requests go to the nearest edge of AWS's network. Not with endpoint, path_style or use_fips. Without it the use_accelerate_endpoint of the profile counts.",
              "examples": [true]
            },
            "no_sign_request": {
              "type": "boolean", "default": false,
              "description": "Send requests without credentials, for public buckets.",
              "examples": [true]
            },
            "request_payer": {
              "enum": ["", "requester"], "default": "",
              "description": "requester pays for requests and data where the bucket's owner does not.",
              "examples": ["requester"]
            },
            "sse_customer_key": {
              "type": "string", "default": "", "pattern": "^([A-Za-z0-9+/]{43}=?)?$",
              "description": "Key of objects encrypted with a customer's key (SSE-C): 32 bytes in base64. Sent over https only.",
              "examples": ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
            },
            "endpoint_ca_file": {
              "type": "string", "default": "",
              "description": "PEM file of the certificate authorities to trust for requests to S3, in place of the system's.",
              "examples": ["/etc/ssl/minio-ca.pem"]
            },
            "max_retries": {
              "type": "integer", "minimum": 0, "maximum": 100, "default": 10,
              "description": "Most times that a failed request is sent again while nothing of the answer arrives; throttled ones are for up to five minutes. Without it AWS_MAX_ATTEMPTS or the profile's max_attempts counts, else 10.",
              "examples": [3]
            },
            "memory_limit": {
              "type": ["integer", "string"], "minimum": 1048576, "maximum": 1099511627776,
              "pattern": "^([0-9]+ *([KMGkmg][Ii]?[Bb]|[Bb])?)?$", "default": "256 MiB",
              "description": "Most bytes of objects held in memory at once: a number, or a text with B, KB, MB, GB, KiB, MiB or GiB. One row group is read even where it alone is larger.",
              "examples": ["1 GiB", 536870912]
            },
            "decryption_keys": {
              "type": "object", "additionalProperties": false, "default": {},
              "description": "Keys of encrypted files, in hexadecimal or Base64 of 16, 24 or 32 bytes; files that are not encrypted need none.",
              "examples": [{"footer": "${PARQUET_FOOTER_KEY}", "columns": {"payment.card": "${PARQUET_CARD_KEY}"}}],
              "properties": {
                "footer": {
                  "type": "string", "default": "",
                  "description": "Key of the footer, and of the columns that have none of their own.",
                  "examples": ["${PARQUET_FOOTER_KEY}"]
                },
                "columns": {
                  "type": "object", "additionalProperties": {"type": "string"}, "default": {},
                  "description": "Keys by the path of the column, with dots; a group's key is that of the columns below it.",
                  "examples": [{"payment.card": "${PARQUET_CARD_KEY}"}]
                },
                "by_metadata": {
                  "type": "object", "additionalProperties": {"type": "string"}, "default": {},
                  "description": "Keys by the key metadata that the files store.",
                  "examples": [{"key-1": "${PARQUET_KEY_1}"}]
                },
                "aad_prefix": {
                  "type": "string", "default": "",
                  "description": "AAD prefix of files that do not store it.",
                  "examples": ["warehouse/orders"]
                }
              }
            },
            "tables_from": {
              "type": "array", "default": [],
              "description": "Which keys are objects of which table, tried in order; without any, directories are tables.",
              "examples": [[{"pattern": "AWSLogs/{account}/{region}/{YYYY}/{MM}/**", "table": "logs"}]],
              "items": {
                "type": "object", "additionalProperties": false, "required": ["pattern"],
                "properties": {
                  "pattern": {
                    "type": "string", "minLength": 1,
                    "description": "Pattern of whole keys: *, ** and placeholders in braces, which become columns.",
                    "examples": ["data/{region}/{day:date}/*.parquet"]
                  },
                  "table": {
                    "type": "string", "default": "{{TABLE}}",
                    "description": "Name of the table, in which placeholders of the pattern may stand.",
                    "examples": ["events_{region}"]
                  }
                }
              }
            },
            "table_name_collisions": {
              "enum": ["", "fail", "merge"], "default": "fail",
              "description": "What becomes of different directories that give one table name: an error, or one table.",
              "examples": ["merge"]
            },
            "hive_partitioning": {
              "type": "boolean", "default": false,
              "description": "Make columns of directories such as year=2024, instead of parts of the table's name.",
              "examples": [true]
            },
            "schema_mismatch": {
              "enum": ["", "fail", "union"], "default": "fail",
              "description": "What becomes of files of one table whose columns differ: an error, or the columns of all.",
              "examples": ["union"]
            },
            "lineage": {
              "type": "boolean", "default": false,
              "description": "Add columns that say from which object, version and row of it each row comes.",
              "examples": [true]
            },
            "deleted_objects": {
              "enum": ["", "keep", "delete_rows"], "default": "keep",
              "description": "What becomes of the rows of objects that are gone: delete_rows has the destination delete them. Only with lineage, and in syncs with backend_options.",
              "examples": ["delete_rows"]
            },
            "columns": {
              "type": "array", "items": {"type": "string"}, "default": [],
              "description": "Patterns of the columns to read, in which * stands for any characters; all if not given.",
              "examples": [["id", "price_*"]]
            },
            "skip_columns": {
              "type": "array", "items": {"type": "string"}, "default": [],
              "description": "Patterns of columns not to read; they win over columns.",
              "examples": [["payload"]]
            }
          }
        }
        """#
}
