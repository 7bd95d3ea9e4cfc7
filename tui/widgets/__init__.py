"""One widget a file. Widgets know no engine: attributes come down, messages go up."""
