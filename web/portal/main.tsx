document.title = "";
