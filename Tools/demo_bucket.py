"""demo_bucket.py BUCKET FOLDER: makes the bucket and uploads every file of the folder under its relative path.

The server and the keys are those of the AWS_* environment variables.
"""

import pathlib
import sys

import boto3
from botocore.config import Config

bucket, folder = sys.argv[1], pathlib.Path(sys.argv[2])
client = boto3.client("s3", region_name="us-east-1", config=Config(s3={"addressing_style": "path"}))
client.create_bucket(Bucket=bucket)
for path in sorted(path for path in folder.rglob("*") if path.is_file()):
    key = str(path.relative_to(folder))
    client.upload_file(str(path), bucket, key)
    print(f"       {path.stat().st_size:>8,} bytes  s3://{bucket}/{key}")
