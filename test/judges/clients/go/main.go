package main

import (
	"context"
	"errors"
	"log"
	"os"

	tocsin "judged"
)

const name = "Made by a generated client"

func main() {
	ctx := context.Background()
	api := tocsin.New(tocsin.Config{ServerURL: os.Args[1]})
	made, err := api.CreateWebhook(ctx, tocsin.WebhookInput{
		Name: name, Url: "http://127.0.0.1:9/never", Events: []string{"instance.down"},
	})
	if err != nil {
		log.Fatal(err)
	}
	read, err := api.GetWebhook(ctx, made.Id)
	if err != nil || read.Name != name {
		log.Fatal(read.Name, err)
	}
	if err := api.DeleteWebhook(ctx, made.Id); err != nil {
		log.Fatal(err)
	}
	var problem *tocsin.APIError
	if _, err := api.GetWebhook(ctx, made.Id); !errors.As(err, &problem) || problem.Status != 404 {
		log.Fatal("a webhook that was deleted was read: ", err)
	}
}
