"""Files that survive: durable writes, folders that names cannot leave, where things lie."""
