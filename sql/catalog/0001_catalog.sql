-- A catalog of rasters: a GeoPackage 1.3 (https://www.geopackage.org/spec130/) with one table of features, which GDAL's
-- tile index driver and QGIS read, and beside it what a scan has to remember of folders and files.

pragma application_id = 1196444487; -- "GPKG"
pragma user_version = 10300;

create table gpkg_spatial_ref_sys (
    srs_name text not null,
    srs_id integer primary key,
    organization text not null,
    organization_coordsys_id integer not null,
    definition text not null,
    description text
);
insert into gpkg_spatial_ref_sys values
    ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]', 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');

create table gpkg_contents (
    table_name text not null primary key,
    data_type text not null,
    identifier text unique,
    description text default '',
    last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    min_x double, min_y double, max_x double, max_y double,
    srs_id integer references gpkg_spatial_ref_sys (srs_id)
);
insert into gpkg_contents (table_name, data_type, identifier, description, srs_id) values
    ('rasters', 'features', 'rasters', 'Footprints of rasters, made by weft catalog', 4326);

create table gpkg_geometry_columns (
    table_name text not null primary key references gpkg_contents (table_name),
    column_name text not null,
    geometry_type_name text not null,
    srs_id integer not null references gpkg_spatial_ref_sys (srs_id),
    z tinyint not null,
    m tinyint not null,
    unique (table_name, column_name)
);
insert into gpkg_geometry_columns values ('rasters', 'geom', 'MULTIPOLYGON', 4326, 0, 0);

create table gpkg_extensions (
    table_name text,
    column_name text,
    extension_name text not null,
    definition text not null,
    scope text not null,
    unique (table_name, column_name, extension_name)
);
-- The second one tells GDAL that tables outside gpkg_contents are no layers.
insert into gpkg_extensions values
    ('rasters', 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only'),
    (null, null, 'gdal_aspatial', 'http://gdal.org/geopackage_aspatial.html', 'read-write');

-- One feature a raster. Bounds, resolution and geotransform are in the raster's own CRS, the footprint in longitude and
-- latitude. bands is a JSON array of objects, properties an object, depends an array of paths. pixel_degrees is a
-- pixel's side in degrees, the larger one. Rasters of one layout are alike in all but place and size: null where that is
-- not known.
create table rasters (
    fid integer primary key autoincrement not null,
    geom multipolygon,
    location text not null,
    name text not null,
    bytes integer,
    modified datetime,
    driver text,
    crs text,
    crs_id integer,
    cols integer, rows integer,
    res_x double, res_y double,
    xmin double, ymin double, xmax double, ymax double,
    geotransform text,
    band_count integer,
    type text,
    bands text,
    overviews integer,
    acquired datetime,
    cloud_cover double,
    properties text,
    depends text,
    problem text,
    pixel_degrees double,
    layout integer
);
create index rasters_by_location on rasters (location);
create index rasters_by_pixel on rasters (pixel_degrees);

create virtual table rtree_rasters_geom using rtree (id, minx, maxx, miny, maxy);
-- The triggers of the GeoPackage's extension, so that the index follows what others edit. They need ST_ functions.
create trigger rtree_rasters_geom_insert after insert on rasters
when (new.geom not null and not ST_IsEmpty(new.geom)) begin
    insert or replace into rtree_rasters_geom
        values (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
end;
create trigger rtree_rasters_geom_update1 after update of geom on rasters
when old.fid = new.fid and (new.geom notnull and not ST_IsEmpty(new.geom)) begin
    insert or replace into rtree_rasters_geom
        values (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
end;
create trigger rtree_rasters_geom_update2 after update of geom on rasters
when old.fid = new.fid and (new.geom isnull or ST_IsEmpty(new.geom)) begin
    delete from rtree_rasters_geom where id = old.fid;
end;
create trigger rtree_rasters_geom_update3 after update on rasters
when old.fid != new.fid and (new.geom notnull and not ST_IsEmpty(new.geom)) begin
    delete from rtree_rasters_geom where id = old.fid;
    insert or replace into rtree_rasters_geom
        values (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom));
end;
create trigger rtree_rasters_geom_update4 after update on rasters
when old.fid != new.fid and (new.geom isnull or ST_IsEmpty(new.geom)) begin
    delete from rtree_rasters_geom where id in (old.fid, new.fid);
end;
create trigger rtree_rasters_geom_delete after delete on rasters when old.geom not null begin
    delete from rtree_rasters_geom where id = old.fid;
end;

-- WKT of the CRSs that rasters have.
create table weft_crs (
    id integer primary key,
    name text not null,
    wkt text not null unique
);

-- What a scan remembers, so that what has not changed is not opened again.
create table weft_folders (
    id integer primary key,
    path blob not null unique,   -- text where it is UTF-8
    parent integer,              -- null: named on the command line
    modified_ns integer,         -- when it was listed; null: it could not be, or was changing meanwhile
    problem text
);
create index weft_folders_by_parent on weft_folders (parent);

create table weft_files (
    folder integer not null,
    name blob not null,          -- text where it is UTF-8
    bytes integer not null,
    modified_ns integer not null,
    changed_ns integer not null, -- of the inode: owners and permissions count too
    inode integer not null,
    fid integer,                 -- of its feature; null: it is no raster that can be used
    problem text,                -- why a raster cannot be used; null: none, or no raster at all
    primary key (folder, name)
) without rowid;
create index weft_files_by_inode on weft_files (inode) where fid is not null;
create index weft_files_by_problem on weft_files (problem) where problem is not null;

-- The version of all this, and the pattern that file names were read with.
create table weft_catalog (version integer not null, pattern text);
insert into weft_catalog values (2, null);
