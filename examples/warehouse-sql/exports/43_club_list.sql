copy into 's3://harbour-planning-exchange/clubs/'
from raw.clubs
file_format = (type = parquet)
header = true;
